from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from apps.ingest.accept import accept, skew_of
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError
from apps.traces.nouns import Request
from tests.ingest.items import NOW, attempt, item

LIMITS = Limits()


def request(**fields: Any) -> Request:
    return msgspec.convert(item(**fields), Request)


def code_of(made: Request, **options: Any) -> str:
    with pytest.raises(ItemError) as caught:
        accept(made, now=NOW, limits=LIMITS, **options)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("ago", "code"),
    [
        (timedelta(days=400, seconds=1), "too_old"),
        (timedelta(days=4_000), "too_old"),
        (timedelta(minutes=-11), "future"),
        (timedelta(hours=-2), "future"),
    ],
)
def test_it_rejects_times_outside_the_window(ago: timedelta, code: str) -> None:
    assert code_of(request(at=NOW - ago)) == code


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"])
def test_the_first_day_of_the_calendar_is_only_too_old(text: str) -> None:
    assert (
        code_of(msgspec.convert({"request_id": "a", "received_at": text}, Request), skew=timedelta(hours=-3))
        == "too_old"
    )


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"])
def test_the_last_day_of_the_calendar_is_only_the_future(text: str) -> None:
    assert (
        code_of(msgspec.convert({"request_id": "a", "received_at": text}, Request), skew=timedelta(hours=3)) == "future"
    )


def test_it_keeps_both_ends_of_the_window_and_flags_the_future() -> None:
    assert accept(request(at=NOW - timedelta(days=400)), now=NOW, limits=LIMITS)[1] == []
    assert accept(request(at=NOW + timedelta(minutes=10)), now=NOW, limits=LIMITS)[1] == ["from_the_future"]


def test_it_corrects_a_clock_that_is_three_hours_behind() -> None:
    wrong = NOW - timedelta(hours=3, seconds=5)
    skew = skew_of((NOW - timedelta(hours=3)).isoformat(), now=NOW)
    received_at, warnings = accept(request(at=wrong), now=NOW, limits=LIMITS, skew=skew)
    assert (received_at, warnings) == (NOW - timedelta(seconds=5), ["clock_skew_corrected"])


NO_CLOCKS = ("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "yesterday", "2026-11-24T05:00:00")


@pytest.mark.parametrize("sent_at", [None, *NO_CLOCKS, NOW.isoformat(), "2026-11-24T07:59:45Z"])
def test_it_corrects_nothing_without_a_clear_reason(sent_at: str | None) -> None:
    assert skew_of(sent_at, now=NOW) is None


def test_it_tells_the_time_in_utc() -> None:
    berlin = datetime.fromisoformat("2026-11-24T08:30:00+01:00")
    received_at, _ = accept(request(at=berlin), now=NOW, limits=LIMITS)
    assert (received_at.isoformat(), received_at.tzinfo) == ("2026-11-24T07:30:00+00:00", UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"serving_attempt": 1, "attempts": [attempt()]},
        {"serving_attempt": 0, "outcome": "failed", "attempts": [attempt()]},
        {"cache_hit": True, "attempts": [attempt()]},
        {"cache_hit": True, "outcome": "failed"},
        {"outcome": "served", "attempts": [attempt(status=500)]},
        {"outcome": "served", "attempts": [attempt(error_type="timeout", status=None)]},
    ],
)
def test_it_rejects_what_contradicts_itself(fields: dict[str, Any]) -> None:
    assert code_of(request(**fields)) == "contradiction"


@pytest.mark.parametrize(
    ("cost", "currency", "code"),
    [
        (Decimal("NaN"), "USD", "out_of_range"),
        (Decimal("sNaN"), "USD", "out_of_range"),
        (Decimal("Infinity"), "USD", "out_of_range"),
        (Decimal("-0.01"), "USD", "negative_value"),
        (Decimal("1e12"), "USD", "out_of_range"),
        (Decimal("1e400"), "USD", "out_of_range"),
        (Decimal("10000.01"), "USD", "out_of_range"),
        (Decimal(1000001), "JPY", "out_of_range"),
    ],
)
def test_it_rejects_costs_that_no_attempt_has(cost: Decimal, currency: str, code: str) -> None:
    assert code_of(request(attempts=[attempt(cost=cost, currency=currency)])) == code


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"attempts": [attempt(usage={"input_tokens": 10, "cache_read_input_tokens": 11})]}, "cached_exceeds_input"),
        (
            {"attempts": [attempt(usage={"output_tokens": 10, "reasoning_output_tokens": 11})]},
            "reasoning_exceeds_output",
        ),
        ({"attempts": [attempt(latency_ms=10, ttft_ms=11)]}, "ttft_after_end"),
        ({"latency_ms": 10, "ttft_ms": 11}, "ttft_after_end"),
        ({"routing_overhead_ms": 4}, "overhead_without_basis"),
    ],
)
def test_it_keeps_what_is_odd_with_a_warning(fields: dict[str, Any], warning: str) -> None:
    assert accept(request(**fields), now=NOW, limits=LIMITS)[1] == [warning]
