from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.resolve import ATTEMPT_COLUMNS, REQUEST_COLUMNS, Owner, hash_of, nano, outcome_of, resolve
from apps.traces.nouns import Attempt, Request, Usage
from tests.ingest.items import NOW, attempt, item

OK, LIMITED, CUT = attempt(), attempt(status=429, error_type="rate_limit"), attempt(status=None, error_type="cut")


def request(**fields: Any) -> Request:
    return msgspec.convert(item(**fields), Request)


def rows(made: Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    resolved = resolve(made, made.received_at, [], owner=Owner(7, 9), source="native", now=NOW)
    names = [name for name, _ in ATTEMPT_COLUMNS]
    return (
        dict(zip([name for name, _ in REQUEST_COLUMNS], resolved.request, strict=True)),
        [dict(zip(names, row, strict=True)) for row in resolved.attempts],
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (None, None)),
        ({"outcome": "served"}, ("served", None)),
        ({"cache_hit": True}, ("served", None)),
        ({"attempts": [OK]}, ("served", 0)),
        ({"attempts": [LIMITED, OK]}, ("served", 1)),
        ({"attempts": [OK, LIMITED]}, ("served", 0)),
        ({"attempts": [LIMITED, LIMITED]}, ("failed", None)),
        ({"attempts": [OK], "outcome": "failed"}, ("failed", None)),
        ({"attempts": [CUT], "serving_attempt": 0}, ("served", 0)),
        ({"attempts": [OK, OK], "serving_attempt": 0}, ("served", 0)),
        ({"attempts": [OK, OK]}, ("served", 1)),
        (
            {
                "parallel": True,
                "attempts": [{**OK, "start_offset_ms": 1}, {**OK, "start_offset_ms": 0, "latency_ms": 5}],
            },
            ("served", 1),
        ),
        (
            {"parallel": True, "attempts": [{**OK, "start_offset_ms": 1}, {**OK, "start_offset_ms": 300}]},
            ("served", 0),
        ),
    ],
)
def test_the_attempts_tell_the_outcome_and_who_served(fields: dict[str, Any], expected: tuple[object, object]) -> None:
    assert outcome_of(request(**fields)) == expected


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ("0.0001434", 143_400),
        ("1e-12", 0),
        ("0.0000000005", 0),
        ("0.0000000015", 2),
        ("0.0000000025", 2),
        ("0.123456789012345678901234567890", 123_456_789),
        ("0.123456789500000000000000000001", 123_456_790),
        ("9999.999999999", 9_999_999_999_999),
        ("999999.9999999995", 1_000_000_000_000_000),
    ],
)
def test_a_cost_is_kept_to_a_nano_and_rounded_half_even(cost: str, expected: int) -> None:
    assert nano(Decimal(cost)) == expected


def test_what_was_not_measured_is_null_and_never_zero() -> None:
    row, (only,) = rows(request(attempts=[{}]))
    known = {"organization_id", "deployment_id", "day", "request_id", "n", "received_at", "service_tier", "currency"}
    assert {name for name, value in only.items() if value is not None} == known
    assert row["latency_us"] is row["ttft_us"] is row["routing_overhead_us"] is row["tags"] is row["warnings"] is None


def test_an_attempt_is_stored_under_its_canonical_names_beside_the_raw_one() -> None:
    _, (only,) = rows(request(attempts=[attempt(provider="Azure_OpenAI", model="gpt-4o-mini-2024-07-18")]))
    assert (only["provider"], only["model"]) == ("azure", "gpt-4o-mini")
    assert only["raw_model"] == "gpt-4o-mini-2024-07-18"


def test_overhead_without_a_basis_is_not_stored() -> None:
    row, _ = rows(request(routing_overhead_ms=12.3456))
    assert row["routing_overhead_us"] is None
    row, _ = rows(request(routing_overhead_ms=12.3456, overhead_basis="decision_only"))
    assert (row["routing_overhead_us"], row["overhead_basis"]) == (12_346, "decision_only")


def test_the_identity_is_of_the_utc_day() -> None:
    row, _ = rows(request(at=NOW - timedelta(hours=8, seconds=1)))
    assert row["day"].isoformat() == "2026-11-23"


@given(st.permutations(list(item(task="t", tags={"a": "1", "b": "2"}, attempts=[attempt()]).items())))
def test_the_same_content_has_the_same_hash_however_it_is_written(pairs: list[tuple[str, Any]]) -> None:
    written = dict(pairs) | {
        "tags": {"b": "2", "a": "1"},
        "environment": "production",
        "received_at": "2026-11-24T09:00:00+01:00",
    }
    one = msgspec.convert(written, Request)
    assert hash_of(one) == hash_of(request(task="t", tags={"a": "1", "b": "2"}, attempts=[attempt()]))


def test_what_says_a_default_has_the_hash_of_what_leaves_it_out() -> None:
    said = {
        "environment": "production",
        "operation": "chat",
        "cache_hit": False,
        "parallel": False,
        "tags": {},
        "completeness": "complete",
        "grouping": "explicit",
        "task": None,
    }
    of_attempt = {"service_tier": "standard", "currency": "USD", "cost_basis": None}
    wire = msgspec.json.encode(item(attempts=[attempt(usage={"other": {}}, **of_attempt)]) | said)
    assert hash_of(msgspec.json.decode(wire, type=Request)) == hash_of(request(attempts=[attempt(usage=None)]))


def test_the_hash_of_what_leaves_defaults_out_is_that_of_requests_stored_before() -> None:
    one = Request(request_id="r", received_at=NOW, task="t", attempts=[Attempt(model="m", usage=Usage(input_tokens=1))])
    assert hash_of(one).hex() == "8b6f86afaa3a4a376792d4d83770eee1"


@pytest.mark.parametrize(
    "change", [{"task": "u"}, {"quality": 0.5}, {"attempts": [attempt(status=201)]}, {"attempts": []}]
)
def test_other_content_has_another_hash(change: dict[str, Any]) -> None:
    fields = {"task": "t", "attempts": [attempt()]}
    assert hash_of(request(**fields)) != hash_of(request(**(fields | change)))
