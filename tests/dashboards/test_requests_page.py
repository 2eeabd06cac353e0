"""Requests, and one of them: what is found, what is said of it, and that addresses hold whatever an id holds."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.dashboards import addresses
from apps.dashboards.converters import RequestId
from apps.dashboards.queries import requests as queries
from apps.deployments.labels import NO_LABELS
from apps.deployments.models import Assumptions
from apps.organizations import access
from apps.quality.freeze import freeze
from apps.rollups.one import figures
from apps.rollups.queries import totals
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, bring
from tests.dashboards.test_api import get

USAGE = Usage(input_tokens=1_000, output_tokens=200)
STRANGE = (
    "a/b",
    "..",
    ".",
    "%2F",
    "a b?c#d",
    "~",
    "ü/\u202e",
    "-x",
    "x" * 256,
    'say "hi", <b>',
    "=1+1",
    "a\\b\n",
    "''",
)


def limited(start: float) -> Attempt:
    return Attempt(
        provider="openai", model="gpt-4o-mini", status=429, error_type="429", start_offset_ms=start, latency_ms=200.0
    )


def answered(start: float, model: str = "gpt-4o-mini") -> Attempt:
    return Attempt(
        provider="openai", model=model, status=200, start_offset_ms=start, latency_ms=900.0, ttft_ms=300.0, usage=USAGE
    )


def one(name: str, *attempts: Attempt, minutes: int = 1, **facts: Any) -> Request:
    at = timezone.now() - timedelta(minutes=minutes)
    return Request(request_id=name, received_at=at, attempts=list(attempts), **facts)


def some() -> list[Request]:
    told: dict[str, Any] = {"routing_overhead_ms": 50.0, "overhead_basis": "receive_to_dispatch"}
    return [
        one("plain", answered(50.0), minutes=1, task="answer", tags={"team:eu": "support"}, **told),
        one("again", limited(50.0), answered(1_250.0), minutes=2, route="eu", tags={"team": "a:b"}, **told),
        one("dearer", limited(50.0), answered(300.0, "gpt-4o"), minutes=3, environment="staging", **told),
        one(
            "lost", Attempt(provider="acme", model="own", status=504, start_offset_ms=0.0), minutes=4, outcome="failed"
        ),
        one("partial", answered(0.0), minutes=5, completeness="lower_bound"),
    ]


def shown(place: Acme, **filters: object) -> list[str]:
    answer = place.client().get(place.at(f"chat/requests?{urlencode(filters)}"))
    assert answer.status_code == 200
    return re.findall(r"<td class=\"long id across\"><a href=\"[^\"]+\"><code>([^<]*)</code>", answer.content.decode())


def page_of(place: Acme, name: str) -> str:
    day = timezone.now().astimezone(UTC).date()
    for candidate in (day, day - timedelta(days=1)):  # the test may begin just before midnight
        answer = place.client().get(addresses.request(place.slug, "chat", candidate, name))
        if answer.status_code == 200:
            return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["plain", "again", "dearer", "lost", "partial"]),
        ({"outcome": "failed"}, ["lost"]),
        ({"cause": "rate_limited"}, ["again", "dearer"]),
        ({"cause": "timeout"}, []),
        ({"cause": "any"}, ["again", "dearer", "lost"]),
        ({"again": "retried"}, ["again", "dearer"]),
        ({"again": "fallback"}, ["dearer"]),
        ({"model": "gpt-4o"}, ["dearer"]),
        ({"provider": "acme"}, ["lost"]),
        ({"task": "answer"}, ["plain"]),
        ({"route": "eu"}, ["again"]),
        ({"environment": "staging"}, ["dearer"]),
        ({"tag": "team"}, ["again"]),
        ({"tag": "team:a:b"}, ["again"]),
        ({"tag": "team:eu:support"}, ["plain"]),
        ({"completeness": "lower_bound"}, ["partial"]),
        ({"min_cost_usd": "0.001"}, ["dearer"]),
        ({"min_wait_ms": "1000"}, ["again"]),
        ({"min_wait_ms": "100", "cause": "rate_limited", "outcome": "served"}, ["again", "dearer"]),
    ],
)
def test_the_page_and_the_api_find_the_same(place: Acme, filters: dict[str, str], names: list[str]) -> None:
    bring(place, some(), now=timezone.now())
    assert shown(place, **filters) == names
    found = get(place, f"deployments/chat/requests?{urlencode(filters)}").json()
    assert [each["request_id"] for each in found["results"]] == names


def test_a_page_looks_through_so_many_and_goes_on_from_there(place: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BOUND_OF_ATTEMPTS", 2)
    monkeypatch.setattr(queries, "MOST_APPRAISED", 2)
    bring(place, some(), now=timezone.now())
    for asked, names in (("provider=acme", ["lost"]), ("cause=server_error", ["lost"]), ("cause=timeout", [])):
        found, address, pages = [], f"deployments/chat/requests?{asked}", 0
        while address:
            page = get(place, address).json()
            found += [each["request_id"] for each in page["results"]]
            address, pages = page["next"] and page["next"].partition("/api/v1/")[2], pages + 1
        assert pages == 3
        assert found == names
    text = place.client().get(place.at("chat/requests?provider=acme")).content.decode()
    assert "there are older ones to look through" in text
    assert "Looked through everything down to" in text


@pytest.mark.parametrize(
    ("filters", "looked_through"),
    [("", 51), ("min_wait_ms=1", 1_000), ("min_cost_usd=9", 1_000), ("outcome=failed", 20_000)],
)
def test_no_more_is_looked_through_than_a_page_needs(place: Acme, filters: str, looked_through: int) -> None:
    bring(place, some(), now=timezone.now())
    client = place.client()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(place.at(f"chat/requests?{filters}")).status_code == 200
    (statement,) = [one["sql"] for one in asked if "looked_at AS MATERIALIZED" in one["sql"]]
    assert f"LIMIT {looked_through}\n" in statement.partition("ended AS")[0]


def test_pages_follow_each_other_by_links_that_keep_the_filter(place: Acme) -> None:
    bring(place, [one(f"r{n:03}", answered(0.0), minutes=n, task="t") for n in range(1, 61)], now=timezone.now())
    text = place.client().get(place.at("chat/requests?task=t&route=")).headers["Location"]
    assert text.endswith("/requests?task=t")
    text = place.client().get(text).content.decode()
    assert "The first 50 of these, newest first" in text
    link = re.search(r'<a href="([^"]+)" rel="next"', text)
    assert link
    last = place.client().get(link[1].replace("&amp;", "&")).content.decode()
    assert [f"r{n:03}" for n in range(51, 61)] == re.findall(r"<code>(r\d+)</code>", last)
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    "wrong",
    ["since=yesterday", "since=2026-11-02T00:00&until=2026-11-01T00:00", "until=0001-01-01T00:00", "cause=bad luck",
     "min_cost_usd=-1", "min_wait_ms=NaN", "model=%00", "after=AAAA", "min_cost_usd=1e400"],
)  # fmt: skip
def test_what_cannot_be_looked_up_says_so_beside_the_field(place: Acme, wrong: str) -> None:
    answer = place.client().get(place.at(f"chat/requests?{wrong}"))
    assert answer.status_code == 200
    assert 'class="errors' in answer.content.decode() or 'class="form-errors' in answer.content.decode()


def test_nothing_found_is_told_from_nothing_there(place: Acme) -> None:
    assert "No request came in during these days." in place.client().get(place.at("chat/requests")).content.decode()
    assert "No request matches." in place.client().get(place.at("chat/requests?task=x")).content.decode()


def test_what_a_request_cost_is_what_it_adds_to_the_sums(place: Acme) -> None:
    requests = some()
    bring(place, requests, now=timezone.now())
    deployment = place.deployment()
    keys = [(each.received_at.date(), each.request_id) for each in requests]
    days = [day for day, _ in keys]
    with acting_as("worker"), access.scope(deployment.organization_id):
        found = figures(deployment, [*keys, (days[0], "nothing")], NO_LABELS)
        whole = totals(
            organization_id=deployment.organization_id,
            deployment_id=deployment.pk,
            start=min(days),
            end=max(days),
            environment=None,
        ).requests
    assert set(found) == set(keys)
    for name in (
        "requests",
        "priced",
        "token_nano",
        "wasted_nano",
        "premium_nano",
        "unknown_attempts",
        "own_loss_nano",
    ):
        assert sum(getattr(each.sums, name) for each in found.values()) == getattr(whole, name)


def test_one_request_says_what_was_billed_and_why(place: Acme) -> None:
    bring(place, some(), now=timezone.now())
    text = page_of(place, "dearer")
    assert "Turned away before anything was generated" in text
    assert "Its tokens at the list price of that day." in text
    assert "Planned: gpt-4o-mini, which would have cost $0.00027 for the same tokens" in text
    assert "Served: gpt-4o." in text
    assert "fallback, served" in text
    assert "Back-off" in text
    assert text.count("not measured") >= 3  # selection, maintenance, and waiting without a declared value
    lost = page_of(place, "lost")
    assert "It may have generated before it failed" in lost
    assert "what it cost is not known" in lost
    assert "Retry overhead<b>not known</b>an attempt may have been billed" in lost
    partial = page_of(place, "partial")
    assert "needs all attempts; not all of this request are known" in partial


def test_model_choice_is_a_part_of_a_request_where_two_models_have_evidence(place: Acme) -> None:
    now, models = timezone.now(), ("gpt-4o", "gpt-4o-mini")
    scored = [
        one(f"{model}-{n}", answered(50.0, model), minutes=50 * 60, task="answer", quality=0.9)
        for model in models
        for n in range(30)
    ]
    today = [one(model, answered(50.0, model), task="answer") for model in models]
    today.append(one("another task", answered(50.0), task="summary"))
    bring(place, [*scored, *today], now=now)
    deployment = place.deployment()
    with acting_as("worker"):
        freeze(organization_id=deployment.organization_id, deployment_id=deployment.pk, now=now)
    dear, cheap = page_of(place, "gpt-4o"), page_of(place, "gpt-4o-mini")
    assert "a cheaper model is good enough for its task" in dear
    (told,) = re.findall("Billed [^<]*", dear)
    assert told == "Billed ≤ $0.0045 = token $0.00027 + retry $0.00 + model choice $0.00423"
    assert "no cheaper model is good enough" in cheap
    assert "needs evidence of quality of two models at its task" in page_of(place, "another task")


def test_waiting_and_maintenance_are_told_by_what_was_declared(place: Acme) -> None:
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        Assumptions.objects.filter(deployment=deployment).update(
            value_per_1000_nano=3_200_000_000, maintenance_hours=10, hourly_rate_nano=10**11
        )
    bring(place, some(), now=timezone.now())
    text = page_of(place, "again")
    assert "a day is of the whole deployment, not of one request" in text
    assert re.search(r"Latency impact<b>\$0\.\d+</b>1\.2 s", text)


@pytest.mark.parametrize("name", STRANGE)
def test_an_id_may_hold_anything(place: Acme, name: str) -> None:
    bring(place, [one(name, answered(0.0))], now=timezone.now())
    page_of(place, name)
    made = RequestId().to_url(name)
    assert re.fullmatch(RequestId.regex, made)
    assert RequestId().to_python(made) == name


@pytest.mark.parametrize("part", ["~", "~AAAA", "~YQ", "~YQ==", "~_w", "~...", "~Lg.", "2026"])
def test_what_is_no_address_of_a_request_is_not_found(place: Acme, part: str) -> None:
    assert place.client().get(place.at(f"chat/requests/2026-11-22/{part}")).status_code == 404
    assert place.client().get(place.at(f"chat/requests/2026-02-30/{part}")).status_code == 404


def test_moments_are_read_on_the_clock_of_the_organization(place: Acme) -> None:
    with acting_as("worker"):
        organization = place.organization()
        with access.scope(organization.pk):
            type(organization).objects.filter(pk=organization.pk).update(time_zone="Asia/Tokyo")
    at = datetime.now(UTC) - timedelta(days=2)
    bring(place, [Request(request_id="then", received_at=at, attempts=[answered(0.0)])], now=timezone.now())
    tokyo = at + timedelta(hours=9)
    window = {
        "since": f"{tokyo - timedelta(minutes=2):%Y-%m-%dT%H:%M}",
        "until": f"{tokyo + timedelta(minutes=2):%Y-%m-%dT%H:%M}",
    }
    assert shown(place, **window) == ["then"]
    assert (
        shown(
            place,
            since=f"{at - timedelta(minutes=2):%Y-%m-%dT%H:%M}",
            until=f"{at + timedelta(minutes=2):%Y-%m-%dT%H:%M}",
        )
        == []
    )


def test_times_are_on_the_clock_of_the_link_then_of_the_browser_then_of_the_organization(place: Acme) -> None:
    now = timezone.now()
    bring(place, [one("plain", answered(50.0), minutes=90)], now=now)
    client = place.client()

    def said(query: str = "") -> str:
        return client.get(place.at(f"chat/requests{query}")).content.decode()

    assert "Times are those of UTC." in said()
    client.cookies["zone"] = "Asia/Kolkata"
    assert "Times are those of Asia/Kolkata." in said()
    assert "Times are those of America/Lima." in said("?zone=America/Lima")
    for nonsense in ("../../etc/passwd", "x" * 5_000, "%00", "asia/kolkata\n"):
        assert "Times are those of Asia/Kolkata." in said(f"?{urlencode({'zone': nonsense})}")
    client.cookies["zone"] = '"><script>'
    assert "Times are those of UTC." in said()


def test_a_shared_filter_means_the_same_on_another_clock(place: Acme) -> None:
    at = timezone.now() - timedelta(minutes=90)
    bring(place, [one("plain", answered(50.0), minutes=90)], now=timezone.now())
    lima = at.astimezone(ZoneInfo("America/Lima"))
    since, until = (f"{lima + timedelta(minutes=more):%Y-%m-%dT%H:%M}" for more in (-5, 5))
    assert shown(place, since=since, until=until, zone="America/Lima") == ["plain"]
    assert shown(place, since=since, until=until, zone="Asia/Tokyo") == []
