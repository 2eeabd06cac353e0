"""What waiting costs: people's waits alone, each basis apart, hours always and dollars where a value is declared."""

import csv
import html
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.dashboards.figures.plots import Band, Level, bands
from apps.deployments.declare import Declaration, declare
from apps.organizations import access
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.drawn import drawn
from tests.dashboards.tenants import Acme, bring
from tests.dashboards.test_api import get

USAGE = Usage(input_tokens=1_000, output_tokens=200)
DAY = timedelta(days=1)


def answered(start: float) -> Attempt:
    return Attempt(provider="openai", model="gpt-4o-mini", status=200, start_offset_ms=start, usage=USAGE)


def some() -> list[Request]:
    at = timezone.now() - timedelta(minutes=5)
    limited = Attempt(provider="openai", model="gpt-4o-mini", status=429, start_offset_ms=0.0)

    def one(name: str, *attempts: Attempt, **facts: Any) -> Request:
        return Request(request_id=name, received_at=at, attempts=list(attempts), **facts)

    received: dict[str, Any] = {"routing_overhead_ms": 50.0, "overhead_basis": "receive_to_dispatch"}
    decided: dict[str, Any] = {"routing_overhead_ms": 3.0, "overhead_basis": "decision_only"}
    return [
        one("plain", answered(0.0), **received),
        one("again", limited, answered(7_150.0), **received),
        one("decided", answered(0.0), **decided),
        one("silent", answered(0.0)),
        one("background", answered(0.0), user_facing=False, **{**received, "routing_overhead_ms": 9_000.0}),
        one("embedded", answered(0.0), operation="embeddings"),
    ]


def text_of(place: Acme, query: str = "") -> str:
    answer = place.client().get(place.at(f"chat/waiting{query}"))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()).replace("\u00a0", " "))


def declared(place: Acme, *, dollars: int) -> None:
    deployment = place.deployment()
    with acting_as("worker"), access.scope(deployment.organization_id):
        now = timezone.now()
        value = Declaration(user_facing=True, value_per_1000_nano=dollars * 10**9)
        declare(deployment=deployment, declaration=value, effective_from=(now - 30 * DAY).date(), now=now, actor=None)


def test_people_alone_are_counted_and_the_bases_are_told_apart(place: Acme) -> None:
    bring(place, some(), now=timezone.now())
    told = get(place, "deployments/chat/waiting").json()
    assert (told["requests"], told["user_facing"], told["waited_for"]) == (6, 5, 4)
    delay, overhead = told["added"]
    assert delay["hours"] == pytest.approx(7.15 / 3600)
    assert overhead["hours"] == pytest.approx(0.103 / 3600)
    assert (delay["coverage"], overhead["coverage"]) == (1.0, 0.75)
    assert told["added_latency_hours_per_day"] == pytest.approx(7.253 / 3600 / 28)
    measures = {one["measure"]: one["whole"] for one in told["measures"]}
    assert list(measures) == ["retry_delay", "receive_to_dispatch", "decision_only"]
    assert measures["receive_to_dispatch"]["p99_ms"] == pytest.approx(
        50, rel=0.01
    )  # not the 9 s that nobody waited for
    assert measures["decision_only"]["n"] == 1
    text = text_of(place)
    assert "1 request of 6 is background work, and 1 are embeddings" in text
    assert "No dollars: no value of 1,000 requests is declared" in text
    assert f'href="/o/{place.slug}/chat/settings"' in text
    assert "of latency impact" not in text
    rows = list(csv.DictReader(io.StringIO(place.client().get(place.at("chat/waiting.csv")).content.decode())))
    assert {(row["measure"], row["period"]) for row in rows} == {
        (measure, period) for measure in measures for period in ("window", "day")
    }


def test_dollars_are_told_where_a_value_is_declared(place: Acme) -> None:
    declared(place, dollars=1_000)
    bring(place, some(), now=timezone.now())
    impact = get(place, "deployments/chat/waiting").json()["latency_impact"]
    assert impact["coverage"] == 0.75
    lost = sum(1 - (1 - 0.012) ** (ms / 100) for ms in (50, 7_200, 3))
    assert float(impact["usd"]) == pytest.approx(lost, rel=1e-6)  # at a dollar for each request
    assert "$0.59</b> of latency impact" in text_of(place)


def test_nobody_who_waits_costs_nothing_and_says_so(place: Acme) -> None:
    assert "No request came in during these days" in text_of(place)
    bring(place, [one for one in some() if one.request_id == "background"], now=timezone.now())
    assert "Nobody waits for these requests" in text_of(place)
    assert get(place, "deployments/chat/waiting").json()["added"][0]["hours"] is None


def test_many_days_are_told_week_by_week(place: Acme) -> None:
    bring(place, some(), now=timezone.now())
    told = get(place, f"deployments/chat/waiting?from={(timezone.now() - 100 * DAY).date()}").json()
    assert told["period"] == "week"
    assert {date.fromisoformat(one["first_day"]).weekday() for one in told["measures"][0]["periods"]} == {0}
    assert "Week from" in text_of(place, f"?from={(timezone.now() - 100 * DAY).date()}")


@pytest.mark.parametrize(("highest", "kind", "unit"), [(90.0, None, "ms"), (90_000.0, "log", "s")])
def test_the_bands_are_such_as_plotly_draws(highest: float, kind: str | None, unit: str) -> None:
    days = [date(2026, 11, day) for day in (1, 2)]
    low = highest / 45 if kind else highest / 9
    figure = drawn(bands([(days[0], Band(low, highest / 2, highest)), (days[1], None)], [Level(14.0, "study")]))
    assert [line.y[1] for line in figure.data] == [None, None, None]  # a gap, not nothing
    assert figure.layout.yaxis.type == kind
    assert figure.layout.yaxis.ticksuffix.endswith(unit)
    assert figure.layout.annotations[0].text == "study"
