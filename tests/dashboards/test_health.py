"""Is anything lost on the way in? What the page and the API say of what was sent."""

import html
import json
import re
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from apps.dashboards.pages.health_sentences import skew_in_words
from apps.dashboards.queries.health import MOST_FILES, Health, Skew, health_of
from apps.deployments import ingest_keys
from apps.ingest.models import Batch, Derivation, Import, SetAside
from apps.organizations import access
from apps.rollups.models import Rebuild
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring
from tests.live import LivePlatform

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def health(place: Acme, *, zone: ZoneInfo = BERLIN, now: datetime = NOW) -> Health:
    deployment = place.deployment()
    with acting_as("web"), access.scope(deployment.organization_id):
        return health_of(deployment, zone=zone, now=now)


def enter(place: Acme, at: datetime, **changed: Any) -> None:
    deployment = place.deployment()
    counts = {"accepted": 0, "duplicate": 0, "conflict": 0, "rejected": 0, "reasons": {}, "warnings": {}}
    with acting_as("worker"), access.scope(deployment.organization_id):
        Batch.objects.create(
            organization_id=deployment.organization_id,
            deployment_id=deployment.pk,
            received_at=at,
            **{"source": "native", "body_bytes": 1, "digest": b"", **counts, **changed},
        )


def text_of(place: Acme) -> str:
    answer = place.client().get(place.at("chat/health"))
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_days_are_those_of_the_reader_and_sources_stand_apart(place: Acme) -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    enter(place, late, accepted=3)
    enter(place, late, accepted=40, duplicate=2, source="otlp")
    enter(place, late - timedelta(hours=1), accepted=5)
    enter(place, datetime(2026, 11, 17, 22, 59, tzinfo=UTC), accepted=100)  # a minute before the first day
    found = health(place)
    assert [(f"{one.day:%d}", one.source, one.accepted, one.duplicate) for one in found.arrived] == [
        ("23", "native", 3, 0),
        ("23", "otlp", 40, 2),
        ("22", "native", 5, 0),
    ]
    assert found.since == datetime(2026, 11, 17, 23, tzinfo=UTC)
    assert [day.day for day in found.days] == [24, 23, 22, 21, 20, 19, 18]


def test_what_is_another_deployment_s_is_not_seen(place: Acme) -> None:
    enter(
        acme(), NOW, accepted=1, rejected=1, reasons={"too_old": 1}, samples=[{"index": 0, "code": "x", "message": "y"}]
    )
    found = health(place)
    assert (found.arrived, found.reasons, found.samples) == ((), (), ())


def test_samples_are_shown_newest_first(place: Acme) -> None:
    for minute in (1, 2):
        told = [{"index": n, "code": "too_old", "message": f"{minute}"} for n in range(2)]
        enter(place, NOW - timedelta(hours=minute), rejected=2, reasons={"too_old": 2}, samples=told)
    found = [(one.message, one.number) for one in health(place).samples]
    assert found == [("1", 0), ("1", 1), ("2", 0), ("2", 1)]


def test_the_page_answers_what_was_sent_to_the_platform(place: Acme, live_platform: LivePlatform) -> None:
    good = {"request_id": "good", "received_at": timezone.now().isoformat()}
    old = {"request_id": "old", "received_at": "2001-01-01T00:00:00Z"}
    _post(live_platform.url, place.ingest_key, json.dumps([good, old, {**old, "prompt": "secret"}]).encode())
    _post(live_platform.url, place.ingest_key, b"")
    text = text_of(place)
    assert "Something is lost: 2 of 3 items (66.7 %) were not taken. 1 post was turned down whole" in text
    assert "It can no longer be taken." in text
    assert "for which raw traces are kept." in text
    assert "secret" not in text
    said = _api(place)
    assert {(one["kind"], one["code"], one["count"]) for one in said["reasons"]} == {
        ("rejected", "too_old", 1),
        ("rejected", "unknown_field", 1),
        ("refused", "empty", 1),
    }
    assert {(one["index"], one["code"]) for one in said["samples"]} == {(1, "too_old"), (2, "unknown_field")}
    assert said["days"][0]["accepted"] == 1
    assert said["keys"][0]["last_used_at"] is not None
    assert "In 2 posts of the last seven days" in place.client().get(place.at("chat/")).content.decode().replace(
        "\u00a0", " "
    )


def _post(url: str, key: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1/traces", body, headers), timeout=30).close()


def _api(place: Acme) -> Any:
    headers = {"Authorization": f"Bearer {place.token}"}
    return Client().get("/api/v1/deployments/chat/ingestion", headers=headers).json()


def test_without_a_post_it_says_that_nothing_is_known(place: Acme) -> None:
    text = text_of(place)
    assert "Nothing reached chat in the last seven days" in text
    assert "it is not known whether a model lacks a price" in text
    assert _api(place)["pricing"]["unpriced_share"] is None


def test_models_without_a_price_are_named_with_their_share(place: Acme) -> None:
    now, usage = timezone.now(), Usage(input_tokens=10, output_tokens=5)
    attempts = [Attempt(provider="openai", model=name, status=200, usage=usage) for name in ("our-own", "gpt-4o-mini")]
    at = now - timedelta(minutes=2)
    bring(
        place, [Request(request_id=f"r{n}", received_at=at, attempts=[one]) for n, one in enumerate(attempts)], now=now
    )
    (one,) = health(place, now=now).pricing.models
    assert (one.model, one.unpriced, one.attempts) == ("our-own", 1, 1)
    assert "1 of 2 attempts (50.0 %) have no cost that is known" in text_of(place)
    shown = html.unescape(place.client().get(place.at("chat/health")).content.decode())
    entry = re.search(r'href="([^"]+)#enter-price"><b>our-own</b>', shown)
    assert entry
    assert 'value="our-own"' in place.client().get(entry[1]).content.decode()


@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (Skew(0, None, None, None, None), "No clock was seen to be wrong by 30 s or more"),
        (
            Skew(2, -7_200_000, 61_000, 61_000, NOW),
            "1.0 min behind in the latest, at 24 Nov 09:00; in all between 2.0 h ahead and 1.0 min behind",
        ),
        (
            Skew(1, -40_000, -40_000, -40_000, NOW),
            "40.0 s ahead in the latest, at 24 Nov 09:00. The times of their requests were corrected",
        ),
    ],
)
def test_a_wrong_clock_is_said_in_words(skew: Skew, said: str) -> None:
    assert said in skew_in_words(skew, BERLIN).replace("\u00a0", " ")


def test_what_a_wrong_clock_was_is_read_from_the_ledger(place: Acme) -> None:
    enter(place, NOW - timedelta(hours=2), skew_ms=61_000)
    enter(place, NOW - timedelta(hours=1), skew_ms=-7_200_000)
    enter(place, NOW)
    found = health(place).skew
    assert (found.posts, found.least_ms, found.most_ms, found.latest_ms) == (2, -7_200_000, 61_000, -7_200_000)


def test_clocks_of_all_days_and_ways_in_are_looked_at_together(place: Acme) -> None:
    assert health(place).skew == Skew(0, None, None, None, None)
    latest = NOW - timedelta(days=1)
    enter(place, NOW - timedelta(days=3), skew_ms=-40_000, source="otlp")
    enter(place, latest, skew_ms=50_000)
    enter(place, latest, skew_ms=45_000, source="otlp")
    enter(place, NOW)
    enter(place, NOW + timedelta(hours=1), skew_ms=90_000)
    enter(place, NOW - timedelta(days=9), skew_ms=91_000)
    assert health(place).skew == Skew(3, -40_000, 50_000, 45_000, latest)


def test_reasons_are_the_most_frequent_first_beside_the_samples(place: Acme) -> None:
    told = [{"index": 4, "code": "too_old", "message": "old"}]
    enter(place, NOW, rejected=3, reasons={"too_old": 2, "bad_time": 1}, warnings={"unknown_field": 7}, samples=told)
    enter(place, NOW - timedelta(hours=1), rejected=1, reasons={"bad_time": 1}, samples=told, source="file")
    enter(place, NOW, refused="empty")
    found = health(place)
    assert [(one.kind, one.code, one.number) for one in found.reasons] == [
        ("warning", "unknown_field", 7),
        ("rejected", "bad_time", 2),
        ("rejected", "too_old", 2),
        ("refused", "empty", 1),
    ]
    assert [(one.at, one.source, one.number, one.code, one.message) for one in found.samples] == [
        (NOW, "native", 4, "too_old", "old"),
        (NOW - timedelta(hours=1), "file", 4, "too_old", "old"),
    ]


def test_what_stands_still_is_said_with_since_when(place: Acme) -> None:
    deployment = place.deployment()
    owner: Any = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    since = NOW - timedelta(hours=1)
    with acting_as("worker"), access.scope(deployment.organization_id):
        Rebuild.objects.update_or_create(**owner, defaults={"attempts": 3, "quarantined_at": since})
        Derivation.objects.update_or_create(**owner, defaults={"attempts": 0, "quarantined_at": None})
    assert health(place).aside.stopped == (("rebuild", since),)
    with acting_as("worker"), access.scope(deployment.organization_id):
        Derivation.objects.filter(**owner).update(quarantined_at=NOW)
    assert health(place).aside.stopped == (("derive", NOW), ("rebuild", since))


def test_keys_in_use_come_first_and_the_others_are_marked(place: Acme) -> None:
    deployment, now = place.deployment(), timezone.now()
    with acting_as("web"), access.scope(deployment.organization_id):
        gone, _ = ingest_keys.issue(deployment=deployment, label="gone", now=now, actor=None)
        ingest_keys.revoke(key=gone, now=now, actor=None)
        ingest_keys.issue(deployment=deployment, label="ended", now=now, actor=None, lifetime=timedelta(seconds=-1))
    states = [one["state"] for one in _api(place)["keys"]]
    assert states[0] == "in use"
    assert sorted(states[1:]) == ["expired", "revoked"]
    assert text_of(place).count('class="revoked"') == 2


def test_of_many_files_the_latest_are_shown_and_all_are_counted(place: Acme) -> None:
    assert (health(place).files, health(place).all_files) == ([], 0)
    deployment = place.deployment()
    owner = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    with acting_as("worker"), access.scope(deployment.organization_id):
        for n in range(MOST_FILES + 2):
            told = {"name": f"{n}", "digest": bytes([n]), "size": 1, "created_at": NOW - timedelta(hours=n)}
            Import.objects.create(**owner, **told)
        Import.objects.create(**owner, **told | {"digest": b"old", "created_at": NOW - timedelta(days=9)})
    found = health(place)
    assert [one.name for one in found.files] == [f"{n}" for n in range(MOST_FILES)]
    assert found.all_files == MOST_FILES + 2


def test_what_is_set_aside_is_counted_with_the_class_of_its_error(place: Acme) -> None:
    deployment = place.deployment()
    owner = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    with acting_as("worker"), access.scope(deployment.organization_id):
        SetAside.objects.create(**owner, unit="a", error="builtins.ValueError", at=timezone.now())
    text = text_of(place)
    assert "1 unit of spans could not be turned into requests" in text
    assert "<code>builtins.ValueError</code>" in text
    assert _api(place)["set_aside"]["units"] == 1
