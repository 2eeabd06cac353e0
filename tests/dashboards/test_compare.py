"""What changed, and what happened meanwhile."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from apps.dashboards.queries.compare import Side, compare
from apps.dashboards.queries.span import Span
from apps.organizations import access
from apps.rollups.sweep import rebuild_all
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.rollups.tenants import Tenant, store

pytestmark = pytest.mark.usefixtures("database")
NOW = timezone.now()
FEW, MANY, EACH_DAY = 1, 6, 20


def sent(day: date, number: int, *, retried: bool, policy: str) -> Request:
    attempts = [Attempt(provider="openai", model="gpt-4o", latency_ms=200.0, status=200, usage=Usage(input_tokens=100))]
    if retried:
        attempts.insert(0, Attempt(provider="openai", model="gpt-4o", latency_ms=50.0, status=429, error_type="429"))
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + timedelta(minutes=number)
    return Request(request_id=f"{day}-{number}", received_at=at, attempts=attempts, policy=policy)


@pytest.fixture(scope="module")
def place(database: None) -> Acme:
    """Two fortnights: the second under another policy, with six times the retries."""
    found, today = acme(), NOW.astimezone(UTC).date()
    requests = [
        sent(day, n, retried=n < (MANY if ago < 14 else FEW), policy="new" if ago < 14 else "old")
        for ago in range(1, 28)
        for day in [today - timedelta(days=ago)]
        for n in range(EACH_DAY)
    ]
    with acting_as("worker"):
        store(Tenant(found.organization().pk, found.deployment().pk), requests)
        rebuild_all(now=NOW, of=[found.organization().pk])
    return found


def test_a_difference_is_clear_when_its_interval_does_not_hold_nothing(place: Acme) -> None:
    shown = place.client().get(place.at("chat/compare")).content.decode()
    assert "retry rate clearly worse" in shown
    assert "+25.0\N{NO-BREAK SPACE}pp" in shown
    assert "no clear difference" in shown  # failures: none on either side


def test_the_sides_of_two_policies_are_their_requests_alone(place: Acme) -> None:
    today = NOW.astimezone(UTC).date()
    with acting_as("web"):
        deployment = place.deployment()
    span = Span(today - timedelta(days=27), today, "production")
    with acting_as("web"), access.scope(place.organization().pk):
        found = compare(Side(deployment, span, "old"), Side(deployment, span, "new"), now=NOW)
    assert [window.totals.requests.requests for window in found.windows] == [14 * EACH_DAY, 13 * EACH_DAY]
    rate = found.metrics["retry_rate"]
    assert (rate.one.value, rate.other.value) == (FEW / EACH_DAY, MANY / EACH_DAY)
    assert rate.interval
    assert rate.interval[0] > 0
    asked = {"by": "policies", "start": span.start.isoformat(), "policy": "new"}
    shown = place.client().get(place.at("chat/compare"), asked)
    assert "New against old" in shown.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        "start=9999-12-31&end=2026-11-01",
        "start=0001-01-01",
        "end=nonsense",
        "by=policies&policy=nobody%27s",
        "by=deployments&other=../x",
        "by=x%00&environment=%00",
    ],
)
def test_whatever_is_asked_is_answered(place: Acme, asked: str) -> None:
    assert place.client().get(place.at(f"chat/compare?{asked}")).status_code == 200


def test_what_happened_is_marked_drawn_and_taken_back(place: Acme) -> None:
    client, address = place.client(), place.at("chat/compare")
    yesterday = (NOW - timedelta(days=1)).astimezone(UTC)
    told = {"at": f"{yesterday:%Y-%m-%dT%H:%M}", "kind": "release", "label": " router <1.4> "}
    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 302
    shown = client.get(address).content.decode()
    assert shown.count("router &lt;1.4&gt;</td>") == 1
    assert "Release: router \\u003C1.4\\u003E" in shown  # in the chart
    assert "still to come" in client.post(address, {**told, "at": "2999-01-01T00:00"}).content.decode()
    (mark,) = [part.split("/remove")[0] for part in shown.split(f"{address}/")[1:] if "/remove" in part]
    assert client.post(f"{address}/{mark}/remove").status_code == 302
    assert "Nothing was marked" in client.get(address).content.decode()
