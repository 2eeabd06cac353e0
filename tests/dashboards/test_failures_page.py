"""What failures cost: one set of requests whose arithmetic is known, on the page, in the API, in the file, behind the links."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.dashboards.figures.plots import Series, stacked
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.failures_answer import unknown
from apps.dashboards.queries.failures import overhead
from apps.dashboards.queries.span import Span
from apps.rollups.sums import RequestSums
from apps.traces.nouns import Attempt, Request, Usage
from tests.dashboards.drawn import drawn
from tests.dashboards.tenants import Acme, bring
from tests.dashboards.test_api import get

USAGE = Usage(input_tokens=1_000, output_tokens=200)
MINI, LARGE = "gpt-4o-mini", "gpt-4o"
PARTS = {
    "wasted_attempts_usd": "0.005000000",
    "fallback_premium_usd": "0.015980000",
    "failed_requests_usd": "0.004000000",
    "retry_overhead_usd": "0.024980000",
    "fallback_saving_usd": "0.015666667",
}


def tried(start: float, *, model: str = MINI, cost: str | None = None, **facts: Any) -> Attempt:
    """With a cost: an attempt that told what it used and what its gateway says it cost."""
    told: dict[str, Any] = {"usage": USAGE, "cost": Decimal(cost), "currency": "USD"} if cost else {}
    return Attempt(provider="openai", model=model, start_offset_ms=start, **{"status": 200, **told, **facts})


def some() -> list[Request]:
    at = timezone.now() - timedelta(minutes=5)
    return [
        Request(request_id="plain", received_at=at, route="eu", attempts=[tried(0, cost="0.010")]),
        Request(
            request_id="again",
            received_at=at,
            route="eu",
            attempts=[tried(0, status=500, cost="0.002"), tried(900, cost="0.010")],
        ),
        Request(
            request_id="dearer",
            received_at=at,
            attempts=[tried(0, status=429), tried(300, model=LARGE, cost="0.017")],
        ),
        Request(
            request_id="cheaper", received_at=at, attempts=[tried(0, model=LARGE, status=429), tried(300, cost="0.001")]
        ),
        Request(request_id="lost", received_at=at, outcome="failed", attempts=[tried(0, status=500, cost="0.004")]),
        Request(request_id="late", received_at=at, attempts=[tried(0, status=504), tried(30_000, cost="0.010")]),
        Request(
            request_id="hedged",
            received_at=at,
            parallel=True,
            serving_attempt=1,
            attempts=[tried(0, cost="0.003"), tried(100, cost="0.010")],
        ),
        Request(request_id="staged", received_at=at, environment="staging", attempts=[tried(0, status=429)]),
    ]


def text_of(place: Acme, query: str = "") -> str:
    answer = place.client().get(place.at(f"chat/failures{query}"))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()).replace("\u00a0", " "))


def test_page_api_and_file_tell_the_same_parts_and_every_link_leads_to_its_requests(place: Acme) -> None:
    bring(place, some(), now=timezone.now())
    told = get(place, "deployments/chat/failures").json()
    assert {name: told["total"][name] for name in PARTS} == PARTS
    causes = {one["cause"]: (one["attempts"], one["wasted_usd"]) for one in told["causes"]}
    assert causes == {
        "ok": (1, "0.003000000"),
        "server_error": (3, "0.006000000"),
        "rate_limited": (2, "0.000000000"),
    }
    assert sum(Decimal(cost) for _, cost in causes.values()) == Decimal("0.009")  # wasted, and of failed requests
    assert told["unknown_billing"] == {
        "attempts": 1, "unbounded": 0, "at_least_usd": "0.024980000", "at_most_usd": "0.025130000",
    }  # fmt: skip
    assert [one["route"] for one in told["routes"]] == ["", "eu"]
    text = text_of(place)
    for words in ("$0.02", "$0.0050", "$0.0040", "at least $0.02, at most $0.03", "Fallback saving", "Server error"):
        assert words in text, words
    rows = list(csv.DictReader(io.StringIO(place.client().get(place.at("chat/failures.csv")).content.decode())))
    assert {name: f"{Decimal(rows[0][name]):.9f}" for name in PARTS} == PARTS
    found = {}
    for address in set(re.findall(r'href="([^"]*/requests\?[^"]+)"', text)):
        listed = place.client().get(address).content.decode()
        assert 'class="errors' not in listed
        asked = {key: value for key, (value,) in parse_qs(urlsplit(address).query).items()}
        shown = tuple(sorted(re.findall(r"<code>([a-z]+)</code></a></td>", listed)))
        found[" ".join(f"{key}={asked[key]}" for key in ("again", "outcome", "cause", "route") if key in asked)] = shown
    assert found["again=fallback outcome=served"] == ("cheaper", "dearer")
    assert found["outcome=failed"] == ("lost",)
    assert found["cause=server_error"] == ("again", "late", "lost")
    assert found["cause=any route=eu"] == ("again",)
    assert found["again=retried outcome=served"] == ("again", "cheaper", "dearer", "hedged", "late")


def test_the_window_and_the_environment_stand_in_the_address(place: Acme) -> None:
    bring(place, some(), now=timezone.now())
    assert "of requests needed more than one attempt" in text_of(place, "?environment=all")
    assert "No request came in during these days" in text_of(place, "?from=2026-01-01&to=2026-01-02")
    wrong = text_of(place, "?from=2026-01-02&to=2026-01-01")
    assert "Choose a day that is not after" in wrong
    assert "The last 28 days of production are shown instead." in wrong
    shorter = place.client().get(place.at("chat/failures?from=&to=&environment=staging"))
    assert shorter["Location"].endswith("/chat/failures?environment=staging")
    assert 'class="plot"' not in text_of(place, "?environment=staging")


def test_what_is_not_known_is_said_and_never_nothing(place: Acme) -> None:
    at = timezone.now() - timedelta(minutes=5)
    unheard = Attempt(provider="acme", model="own", status=200, start_offset_ms=0.0, usage=USAGE)
    bring(place, [Request(request_id="r", received_at=at, attempts=[unheard])], now=timezone.now())
    text = text_of(place)
    assert "What failures cost is not known: that needs all attempts, tokens and a price." in text
    assert "$0.00" not in text
    assert get(place, "deployments/chat/failures").json()["total"]["retry_overhead_usd"] is None


SPLIT = RequestSums(requests=9, split=9, token_nano=10**9, wasted_nano=3 * 10**9, failed_nano=10**9)


@pytest.mark.parametrize(
    ("sums", "words"),
    [
        (SPLIT, "Every failed attempt told what it used"),
        (replace(SPLIT, unknown_attempts=2, unknown_upper_nano=10**9), "at least $3.00, at most $4.00."),
        (replace(SPLIT, unknown_attempts=2, unbounded_attempts=1), "at least $3.00, without an upper bound."),
        (replace(SPLIT, split=0, unknown_attempts=2), "Unknown billing. 2\u00a0attempts may have generated"),
    ],
)
def test_unknown_billing_has_an_upper_bound_only_where_each_attempt_has_one(sums: RequestSums, words: str) -> None:
    assert words in "".join(one.text for one in unknown(sums, overhead(sums)))


def test_the_requests_behind_a_figure_are_asked_for_on_the_readers_clock() -> None:
    span = Span(date(2026, 11, 1), date(2026, 11, 24), "production")
    asked = parse_qs(urlsplit(Behind("/r", span, ZoneInfo("Asia/Kolkata")).at(cause="timeout")).query)
    assert asked == {
        "since": ["2026-11-01T05:30"],
        "until": ["2026-11-25T05:30"],
        "zone": ["Asia/Kolkata"],
        "environment": ["production"],
        "cause": ["timeout"],
    }
    twice = Span(date(2026, 10, 25), date(2026, 10, 25), None)
    assert "2026-10-25T00%3A00%2B00%3A00" in Behind("/r", twice, ZoneInfo("Atlantic/Azores")).at(outcome="failed")
    assert Behind("/r", span, ZoneInfo("UTC")).at(route="") == ""


def test_the_chart_is_one_that_plotly_draws() -> None:
    days = [date(2026, 11, day) for day in (1, 2)]
    figure = drawn(stacked(days, [Series("Wasted", "wasted", [0.5, None])], prefix="$"))
    assert figure.data[0].x == ("2026-11-01", "2026-11-02")
    assert figure.data[0].y == (0.5, None)
