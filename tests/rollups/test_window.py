"""What pages and benchmark read: sums of a window, its metrics, parts and efficiencies."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.db import connection

from apps.costing.efficiency import efficiencies, efficiency
from apps.deployments.models import Deployment
from apps.deployments.queries import assumptions_of
from apps.organizations import access
from apps.rollups.by_label import attempts_by, requests_by, requests_by_labels
from apps.rollups.over_time import by_day, by_week, first_and_last_day, sketches_by_day
from apps.rollups.parts import Declared
from apps.rollups.queries import totals, windows, windows_by_environment
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import BASES, REQUEST_SKETCHES
from apps.rollups.totals import add
from apps.rollups.weekly import evidence_by_week, evidence_of
from apps.rollups.window import DeploymentWindow, deployment_window, deployment_window_apart, deployment_windows
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")

START, END = NOW.date() - timedelta(days=27), NOW.date()
MILLION = Usage(input_tokens=1_000_000, cache_read_input_tokens=0, output_tokens=0)
"""$2.50 on gpt-4o, $0.15 on gpt-4o-mini."""
DOLLAR = 10**9


def requests() -> list[Request]:
    """Six plain ones, one that waited for a retry, one that fell back to a dearer model, one hit of the cache, one failed."""
    usual = {"routing_overhead_ms": 100.0, "overhead_basis": "receive_to_dispatch"}
    cheap = Attempt(provider="openai", model="gpt-4o-mini", start_offset_ms=0.0, usage=MILLION)
    dear = Attempt(provider="openai", model="gpt-4o", start_offset_ms=600.0, usage=MILLION)
    refused = Attempt(provider="openai", model="gpt-4o-mini", start_offset_ms=0.0, status=429)
    lost = Attempt(provider="openai", model="gpt-4o-mini", start_offset_ms=0.0, error_type="timeout")
    again = Attempt(provider="openai", model="gpt-4o-mini", start_offset_ms=200.0, usage=MILLION)
    kinds = [*[[cheap]] * 6, [lost, again], [refused, dear], [], [refused]]
    return [
        Request(
            request_id=f"w{n}",
            received_at=NOW - timedelta(hours=6 * n + 1),
            attempts=tries,
            cache_hit=not tries,
            task="answers" if n % 2 else None,
            **(usual if tries else {}),  # type: ignore[arg-type]
        )
        for n, tries in enumerate(kinds)
    ]


@pytest.fixture
def owner() -> Tenant:
    made = tenant()
    store(made, requests())
    rebuild(**made.place, now=NOW)
    return made


def window(owner: Tenant) -> DeploymentWindow:
    with access.scope(owner.organization_id):
        return deployment_window(owner.organization_id, owner.deployment_id, START, END)


def test_metrics_are_those_of_the_definitions(owner: Tenant) -> None:
    found = {name: one.value for name, one in window(owner).metrics.items()}
    assert found["retry_rate"] == pytest.approx(2 / 9)
    assert found["failure_rate"] == pytest.approx(1 / 10)
    assert found["fallback_rate"] == pytest.approx(1 / 8)
    assert found["retry_delay_ms"] == 400.0
    assert found["retry_cost_multiple"] == pytest.approx((0.15 + 2.50) / 0.30)
    assert found["effective_cost_uplift"] == pytest.approx(2.35 / 1.20)
    assert found["routing_overhead_ms_p50"] == pytest.approx(100, rel=0.01)
    assert found["added_latency_hours_per_day"] == pytest.approx((9 * 100 + 800) / 3_600_000 / 28)
    assert found["providers"] == 1.0
    assert found["provider_hhi"] == 1.0
    assert found["cache_read_share"] == 0.0


def test_efficiency_has_its_scopes_and_their_gates(owner: Tenant) -> None:
    billing, latency, selection = window(owner).efficiencies
    assert billing.value == pytest.approx(1.20 / 3.55)
    loss = 7 * 0.012 + (1 - 0.988**3) + (1 - 0.988**7)
    assert latency.value == pytest.approx(1.20 / (3.55 + loss * 0.0005), rel=1e-9)
    assert latency.value is not None
    assert billing.value is not None
    assert latency.value < billing.value
    assert (selection.value, [gate.name for gate in selection.failed]) == (None, ["tokens_evaluable"])
    headline = window(owner).headline
    assert headline is not None
    assert headline.scope == "latency"


def test_parts_are_dollars_where_measured_and_null_where_not(owner: Tenant) -> None:
    token, retry, latency, selection, maintenance = window(owner).parts
    assert (token.nano, token.coverage) == (1_200_000_000, 1.0)
    assert (retry.nano, retry.at_least, retry.at_most_nano) == (2_350_000_000, True, 2_500_000_000)
    assert [part.nano for part in (latency, selection, maintenance)] == [None, None, None]


def test_declarations_change_dollars_and_never_the_efficiency(owner: Tenant) -> None:
    before = window(owner)
    with access.scope(owner.organization_id):
        (declared,) = assumptions_of(Deployment.objects.get(pk=owner.deployment_id))
        declared.effective_from = START
        declared.value_per_1000_nano = 20 * DOLLAR
        declared.maintenance_hours = Decimal(30)
        declared.hourly_rate_nano = 100 * DOLLAR
        declared.save()
    after = window(owner)
    impact = (7 * 0.012 + (1 - 0.988**3) + (1 - 0.988**7)) * 0.02
    assert after.parts[2].nano == pytest.approx(impact * DOLLAR, abs=2)
    november, october = 24, 4
    assert after.parts[4].nano == round(3_000 * DOLLAR * (november / 30 + october / 31))
    assert [one.value for one in after.efficiencies] == [one.value for one in before.efficiencies]
    assert after.published == before.published


def test_published_parts_value_waiting_for_everybody_alike(owner: Tenant) -> None:
    token, retry, latency, *_ = window(owner).published
    assert (token.nano, retry.nano) == (1_200_000_000, 2_350_000_000)
    assert latency.nano == pytest.approx((7 * 0.012 + (1 - 0.988**3) + (1 - 0.988**7)) * 0.0005 * DOLLAR, abs=2)


def test_breakdowns_add_up_to_the_whole() -> None:
    owner = tenant()
    store(owner, traffic(70, 300, days=20))
    rebuild(**owner.place, now=NOW)
    place = {**owner.place, "start": START, "end": END, "environment": None}
    with access.scope(owner.organization_id):
        whole = totals(**place)
        assert add(by_day(**place).values()) == whole.requests
        assert add(by_week(**place).values()) == whole.requests
        assert all(monday.weekday() == 0 for monday in by_week(**place))
        for key in ("model", "provider", "task", "route", "policy", "environment", "user_facing", "completeness"):
            assert add(requests_by(key, **place).values()) == whole.requests
        causes = attempts_by("cause", "kind", **place)
        assert sum(one.attempts for one in causes.values()) == whole.attempts.attempts == whole.requests.attempts
        assert len(by_day(**place)) == whole.active_days
        assert None in requests_by("task", **place)
        span = first_and_last_day(**owner.place)
    assert span is not None
    assert START < span[0] < span[1] <= END


def test_an_environment_is_read_by_itself() -> None:
    owner = tenant()
    store(owner, traffic(71, 100))
    rebuild(**owner.place, now=NOW)
    place = {**owner.place, "start": START, "end": END}
    with access.scope(owner.organization_id):
        production, staging = (
            totals(**place, environment=name).requests.requests for name in ("production", "staging")
        )
    assert production + staging == 100
    assert production > staging > 0


def test_nothing_measured_is_null_everywhere() -> None:
    found = window(tenant())
    assert {one.value for one in found.metrics.values()} == {None}
    assert {one.coverage for one in found.metrics.values()} == {None}
    assert {part.nano for part in (*found.parts, *found.published)} == {None}
    assert found.headline is None


def test_the_web_reads_its_own_cells_alone(owner: Tenant) -> None:
    stranger = tenant()
    with acting_as("web"):
        with access.scope(owner.organization_id):
            own = totals(**owner.place, start=START, end=END)
        with access.scope(stranger.organization_id):
            foreign = totals(**owner.place, start=START, end=END)
    assert own.requests.requests == 10
    assert foreign.requests.requests == 0


def test_a_class_of_completeness_needs_nearly_all_requests() -> None:
    owner = tenant()
    mixed = traffic(72, 120)
    store(owner, mixed)
    rebuild(**owner.place, now=NOW)
    found = window(owner)
    share = found.totals.measurable.requests / found.totals.requests.requests
    assert 0.6 < share < 0.9
    assert found.totals.completeness_class is None
    assert found.efficiencies[0].value is None
    assert "attempts_known" in {gate.name for gate in found.efficiencies[0].failed}


def test_days_of_a_window_are_both_included() -> None:
    owner = tenant()
    with access.scope(owner.organization_id):
        assert totals(**owner.place, start=date(2026, 11, 1), end=date(2026, 11, 28)).days == 28


def test_windows_by_environment_are_those_of_each_and_weeks_have_the_evidence_of_their_days(owner: Tenant) -> None:
    staged = [
        msgspec.structs.replace(one, environment="staging", request_id=f"s{one.request_id}") for one in requests()[:4]
    ]
    store(owner, staged)
    rebuild(**owner.place, now=NOW)
    place: Any = {"organization_id": owner.organization_id, "deployment_ids": [owner.deployment_id]}
    monday = START - timedelta(days=START.weekday())
    with access.scope(owner.organization_id):
        apart = windows_by_environment(**place, start=START, end=END)
        each = {
            name: windows(**place, start=START, end=END, environment=name, sketches=(), with_attempts=False)[
                owner.deployment_id
            ]
            for name in ("production", "staging")
        }
        weeks = evidence_by_week(**place, start=monday, end=END)[owner.deployment_id]
        one_week = totals(
            organization_id=owner.organization_id,
            deployment_id=owner.deployment_id,
            start=max(week := weeks["staging"]),
            end=max(week) + timedelta(days=6),
            environment="staging",
        )
    assert {name: apart[owner.deployment_id, name].totals for name in each} == {
        name: one.totals for name, one in each.items()
    }
    assert {name: apart[owner.deployment_id, name].waited.keys() for name in each} == {
        name: one.days.keys() for name, one in each.items()
    }
    assert evidence_of([week[max(week)]]) == one_week.evidence
    together = [evidence_of([some[day] for some in weeks.values() if day in some]) for day in weeks["production"]]
    assert sum(one.requests for one in together) == len(requests()) + len(staged)


def test_every_week_is_split_as_its_days_are_one_by_one() -> None:
    owner, monday = tenant(), START - timedelta(days=START.weekday() + 14)
    store(owner, traffic(101, 500, days=42))
    rebuild(**owner.place, now=NOW)
    place: Any = {"organization_id": owner.organization_id, "deployment_ids": [owner.deployment_id]}
    seen = 0
    with access.scope(owner.organization_id):
        weeks = evidence_by_week(**place, start=monday, end=END)[owner.deployment_id]
        for first in (monday + timedelta(weeks=n) for n in range(6)):
            for name in ("production", "staging", None):
                some = [found[first] for each, found in weeks.items() if name in (None, each) and first in found]
                whole = totals(**owner.place, start=first, end=min(first + timedelta(days=6), END), environment=name)
                assert (evidence_of(some) if some else None) == (whole.evidence if whole.requests.requests else None)
                seen += bool(some)
                scopes = efficiencies(whole.evidence)
                assert [efficiency(one.scope, whole.evidence) for one in scopes] == list(scopes)
    assert seen >= 15
    assert {"production", "staging"} == weeks.keys()


def test_sketches_of_a_window_are_the_sums_of_its_cells_bucket_by_bucket() -> None:
    owner = tenant()
    store(owner, traffic(103, 400, days=20))
    rebuild(**owner.place, now=NOW)
    columns = ", ".join(f"{name}_sketch" for name in REQUEST_SKETCHES)
    window: Any = {**owner.place, "start": START, "end": END, "environment": None}
    with access.scope(owner.organization_id):
        whole = totals(**window, sketches=REQUEST_SKETCHES).sketches
        usual = totals(**window).sketches
        daily = sketches_by_day(**window)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT day, user_facing, {columns} FROM rollups_request_day "
                "WHERE deployment_id = %s AND day BETWEEN %s AND %s",
                [owner.deployment_id, START, END],
            )
            cells = cursor.fetchall()
    asked = {(day, facing) for day, facing, *_ in cells}
    for n, name in enumerate(REQUEST_SKETCHES, 2):
        assert whole.get(name, ()) == _added(row[n] for row in cells)
        assert usual.get(name, ()) == (whole.get(name, ()) if name in BASES else ())
        if name in ("retry_delay", *BASES):
            for key in asked:
                assert daily.get(key, {}).get(name, ()) == _added(row[n] for row in cells if row[:2] == key)
    assert {"latency", "retry_delay", "receive_to_dispatch"} <= whole.keys()
    assert list(daily) == sorted(daily)
    assert len({facing for _, facing in daily}) == 2


def _added(sketches: Iterable[list[int] | None]) -> tuple[int, ...]:
    counts = Counter[int]()
    for sketch in sketches:
        for entry in sketch or ():
            counts[entry >> 32] += entry & 0xFFFFFFFF
    return tuple(bucket << 32 | counts[bucket] for bucket in sorted(counts))


@pytest.mark.parametrize("environment", ["production", None])
def test_a_window_is_the_same_however_much_of_it_is_summed_where_it_lies(environment: str | None) -> None:
    owner = tenant()
    store(owner, traffic(102, 300, days=28))
    rebuild(**owner.place, now=NOW)
    declared = [
        Declared(START - timedelta(days=9), 10**9, Decimal(4), 80 * DOLLAR),
        Declared(START + timedelta(days=11), 3 * 10**9, None, None),
        Declared(END, None, Decimal(1), DOLLAR),
    ]
    place: Any = (owner.organization_id, START, END, environment)
    with access.scope(owner.organization_id):
        options: Any = {"with_attempts": False, "declared": {owner.deployment_id: declared}}
        each, together = (
            deployment_windows(place[0], [owner.deployment_id], *place[1:], with_days=days, **options)[
                owner.deployment_id
            ]
            for days in (True, False)
        )
        labels: Any = (("route",), ("provider", "model"), ("user_facing",))
        apart = deployment_window_apart(place[0], owner.deployment_id, *place[1:], *labels, declared=declared)
        window: Any = {**owner.place, "start": START, "end": END, "environment": environment}
        separately = [requests_by_labels(*some, **window) for some in labels]
        names = sorted(str(name) for name in requests_by("environment", **{**window, "environment": None}))
    assert replace(together, days={}, totals=replace(together.totals, sketches={})) == replace(
        each, days={}, totals=replace(each.totals, sketches={})
    )
    assert together.days == {}
    assert apart.window == replace(each, totals=replace(each.totals, sketches={}))
    assert list(apart.by) == separately
    assert list(apart.environments) == names == ["production", "staging"]
