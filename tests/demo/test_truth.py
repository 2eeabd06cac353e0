"""Posted through the running endpoint and rolled up, the demo's figures are those of the simulator's ledger, hour by hour."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone
from msgspec.structs import replace

from apps.demo.fill import fill
from apps.demo.know import know
from apps.demo.lay import SEED, Place
from apps.demo.simulate.ledger import Entry, Ledger
from apps.demo.simulate.offers import FLASH, GPT_5_NANO, GPT_41_MINI, SONNET
from apps.demo.simulate.profile import Deployment as Profile
from apps.demo.simulate.profile import Faults, Job, Source
from apps.demo.simulate.skills import CRITERIA
from apps.demo.simulate.stream import happenings
from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.organizations import access
from apps.organizations.models import Organization
from apps.pricing.import_prices import import_prices
from apps.quality.models import Evidence
from apps.rollups.sweep import rebuild_all
from tests.live import LivePlatform
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")

UNTIL = datetime.combine(timezone.now().date(), time(), UTC) - timedelta(minutes=30)
SINCE = UNTIL - timedelta(days=5)
BEGAN: date = (UNTIL - timedelta(days=60)).date()
TOLD = Source(tokens_missing=0, scored=1.0)
FAULTY = Faults(malformed=0.05, storms=1, server=0.05, hang=0.01, cut=0.02, rate_limited=0.05)

REQUESTS = {
    "requests": "requests",
    "served": "served",
    "failed": "failed",
    "cache_hits": "cache_hits",
    "counted": "dispatched",
    "attempts": "attempts",
    "retried": "retried",
    "fallbacks": "fallbacks",
    "retry_delay_us": "retry_delay_us",
    "receive_to_dispatch_us": "overhead_us",
    "latency_us": "latency_us",
    "scored": "judged",
    "quality_micro": "quality_micro",
}
"""Columns of the request cube and what the ledger calls them."""
ATTEMPTS = {
    "attempts": "attempts",
    "input_tokens": "input_tokens",
    "cache_read_tokens": "cached_tokens",
    "output_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_tokens",
}


def profiles(organization: str) -> tuple[Profile, ...]:
    """Chains that retry, fall back and hit caches; hedges; a batch of long prompts."""

    return (
        Profile(
            organization,
            "chain",
            (Job("a", SONNET), Job("b", GPT_41_MINI, 2)),
            weekly=700,
            retries=1,
            fallbacks=(FLASH, GPT_5_NANO),
            cache_hits=0.05,
            rejected=0.02,
            faults=FAULTY,
            zone_hours=2,
            source=TOLD,
        ),
        Profile(
            organization,
            "hedged",
            (Job("c", FLASH),),
            weekly=500,
            fallbacks=(GPT_41_MINI,),
            hedged=0.5,
            zone_hours=2,
            source=TOLD,
        ),
        Profile(
            organization,
            "long",
            (Job("d", GPT_5_NANO, lengths="long", service_tier="standard"),),
            weekly=400,
            user_facing=False,
            streaming=False,
            faults=replace(FAULTY, malformed=0.2),
            zone_hours=2,
            source=TOLD,
        ),
    )


def test_every_hour_adds_up_to_the_truth(live_platform: LivePlatform) -> None:
    now = timezone.now()
    import_prices(now=now)
    places = [_place(profile, now) for profile in profiles(unique("truth"))]
    ledger = _ledger(places)
    tally = fill(due=[(place, SINCE) for place in places], began=BEGAN, until=UNTIL, url=live_platform.url)
    assert tally.accepted == sum(entry.requests for entry in ledger.entries.values()) > 600
    assert (tally.duplicate, tally.conflict, tally.rejected.total()) == (0, 0, 0)
    assert all(know(place, now=now) for place in places)
    _compare_evidence(ledger, places[0], now.date())
    rebuild_all(now=timezone.now())
    for place in places:
        key = place.profile.key
        truth = {hour: entry for (deployment, _, hour), entry in ledger.entries.items() if deployment == key}
        _compare("rollups_request_hour", REQUESTS, place, truth)
        attempted = {hour: entry for hour, entry in truth.items() if entry.attempts}
        _compare("rollups_attempt_hour", ATTEMPTS, place, attempted)
        assert ledger.total(key).retried > 20
        assert ledger.total(key).retry_delay_us > 0
    assert ledger.total(places[0].profile.key).fallbacks > 20
    assert _billed(places[2]) == pytest.approx(_list_price(ledger, places[2]), abs=ledger.total(key).attempts)


def test_posting_again_is_a_duplicate_each(live_platform: LivePlatform) -> None:
    place = _place(profiles(unique("again"))[0], timezone.now())
    due = [(place, SINCE)]
    first = fill(due=due, began=BEGAN, until=UNTIL - timedelta(days=2), url=live_platform.url)
    second = fill(due=due, began=BEGAN, until=UNTIL, url=live_platform.url)
    assert second.duplicate == first.accepted > 100
    assert first.accepted + second.accepted == _ledger([place]).total(place.profile.key).requests
    assert second.conflict == 0


def _place(profile: Profile, now: datetime) -> Place:
    made = provision(
        organization=profile.organization,
        deployment=profile.slug,
        email=f"{profile.organization}@example.org",
        password=None,
        user_facing=profile.user_facing,
        now=now,
    )
    tenant = Organization.objects.get(slug=profile.organization)
    with access.scope(tenant.pk):
        deployment = Deployment.objects.get(organization=tenant, slug=profile.slug)
    return Place(profile, tenant.pk, deployment.pk, made.ingest_key)


def _ledger(places: list[Place]) -> Ledger:
    ledger = Ledger()
    for place in places:
        days = happenings(deployment=place.profile, since=SINCE, until=UNTIL, began=BEGAN, seed=SEED)
        for day in days:
            ledger.add(place.profile.key, day)
    return ledger


def _compare(table: str, columns: Mapping[str, str], place: Place, truth: Mapping[int, Entry]) -> None:
    sums = ", ".join(f"coalesce(sum({column}), 0)" for column in columns)
    with access.scope(place.organization_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT extract(epoch FROM hour)::bigint, {sums} FROM {table} WHERE deployment_id = %s GROUP BY 1",
            [place.deployment_id],
        )
        found = {hour: dict(zip(columns, map(int, values), strict=True)) for hour, *values in cursor.fetchall()}
    expected = {
        hour: {column: getattr(entry, name) for column, name in columns.items()} for hour, entry in truth.items()
    }
    assert found == expected, place.profile.key


def _compare_evidence(ledger: Ledger, place: Place, day: date) -> None:
    """Names are not compared: those of evidence are canonical."""
    truth: dict[tuple[str, str], list[int]] = {}
    for (deployment, *_, task, model), (judged, met) in ledger.quality.items():
        if deployment == place.profile.key:
            sums = truth.setdefault((task, model), [0, 0])
            sums[0], sums[1] = sums[0] + judged, sums[1] + met
    expected = sorted((n, round(Fraction(met * 1_000_000, CRITERIA * n))) for n, met in truth.values() if n >= 30)
    with access.scope(place.organization_id):
        rows = Evidence.objects.filter(deployment_id=place.deployment_id, day=day)
        assert sorted(rows.values_list("own", "quality_micro")) == expected
    assert len(expected) >= 2


def _billed(place: Place) -> int:
    with access.scope(place.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(billed_nano) FROM rollups_request_day WHERE deployment_id = %s", [place.deployment_id]
        )
        return int(cursor.fetchone()[0])


def _list_price(ledger: Ledger, place: Place) -> float:
    """Nano-USD of what truly was generated; each attempt's rounding may differ by half of one."""
    offers = {(offer.provider, offer.model): offer for offer in (GPT_5_NANO,)}
    total = 0.0
    for (deployment, *_, provider, model), (tokens, cached, _, output) in ledger.tokens.items():
        if deployment == place.profile.key:
            offer = offers[provider, model]
            usd = (tokens - cached) * offer.input_usd + cached * offer.cached_usd + output * offer.output_usd
            total += usd * 1000
    return total
