"""The rows of the tables: what each kind of request comes to."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.costing.cases import attempt, evaluated, failure, figures, request

PARTS = ("billed_nano", "planned_nano", "token_nano", "wasted_nano", "premium_nano", "saving_nano")


def parts(one: dict[str, Any]) -> tuple[int | None, ...]:
    row = figures(one)
    return tuple(row[name] for name in PARTS)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("one attempt", (1_000, 1_000, 1_000, 0, 0, 0)),
        ("a retry after a refusal", (1_000, 1_000, 1_000, 0, 0, 0)),
        ("a retry after a billed failure", (1_700, 1_000, 1_000, 700, 0, 0)),
        ("a dearer fallback", (3_000, 1_000, 1_000, 0, 2_000, 0)),
        ("a cheaper fallback", (400, 1_000, 400, 0, 0, 600)),
        ("a fallback without a planned price", (3_000, 3_000, 3_000, 0, 0, 0)),
        ("a fallback from a model free of charge", (3_000, 0, 0, 0, 3_000, 0)),
        ("a fallback to a model free of charge", (0, 0, 0, 0, 0, 0)),
        ("the same model elsewhere", (3_000, 3_000, 3_000, 0, 0, 0)),
        ("hedged attempts", (2_500, 1_000, 1_000, 1_500, 0, 0)),
        ("a cache hit", (0, 0, 0, 0, 0, 0)),
        ("refused by the gateway", (0, 0, 0, 0, 0, 0)),
        ("failed after a billed attempt", (700, 0, 0, 700, 0, 0)),
        ("an unpriced wasted attempt", (None, None, None, None, None, None)),
        ("served, but its attempts are not told", (None, None, None, None, None, None)),
        ("a batch embedding", (1_000, 1_000, 1_000, 0, 0, 0)),
    ],
)
def test_the_table_of_cases(case: str, expected: tuple[int | None, ...]) -> None:
    other: dict[str, Any] = {"model": "claude", "provider": "anthropic"}
    billed_failure = failure("cut", input_tokens=9, output_tokens=9, price=700)
    cases = {
        "one attempt": request(attempt()),
        "a retry after a refusal": request(failure(None, 429), attempt()),
        "a retry after a billed failure": request(billed_failure, attempt()),
        "a dearer fallback": request(failure(None, 429), attempt(**other, price=3_000, planned_price=1_000)),
        "a cheaper fallback": request(failure(None, 429), attempt(**other, price=400, planned_price=1_000)),
        "a fallback without a planned price": request(failure(None, 429), attempt(**other, price=3_000)),
        "a fallback from a model free of charge": request(
            failure(None, 429), attempt(**other, price=3_000, planned_price=0)
        ),
        "a fallback to a model free of charge": request(
            failure(None, 429), attempt(**other, price=0, planned_price=1_000)
        ),
        "the same model elsewhere": request(failure(None, 429), attempt(provider="azure", price=3_000)),
        "hedged attempts": request(attempt(), attempt(price=1_500), serving_attempt=0, parallel=True),
        "a cache hit": request(cache_hit=True),
        "refused by the gateway": request(outcome="failed"),
        "failed after a billed attempt": request(billed_failure, outcome="failed"),
        "an unpriced wasted attempt": request(attempt(price=None), attempt()),
        "served, but its attempts are not told": request(completeness="count_only", attempt_count=2),
        "a batch embedding": request(attempt(service_tier="batch"), operation="embeddings"),
    }
    assert parts(cases[case]) == expected


def test_planned_follows_what_was_billed_and_not_the_list() -> None:
    served = attempt(model="claude", price=3_000, planned_price=1_000, reported_cost_nano=1_500)
    row = figures(request(failure(None, 429), served))
    assert (row["planned_nano"], row["token_nano"], row["premium_nano"]) == (500, 500, 1_000)
    assert (row["published_token_nano"], row["published_retry_nano"]) == (1_000, 2_000)


@pytest.mark.parametrize(
    ("billed", "planned", "price", "expected"), [(1, 1, 2, 0), (3, 1, 2, 2), (5, 1, 2, 2), (7, 1, 2, 4), (2, 1, 3, 1)]
)
def test_planned_rounds_half_to_even(billed: int, planned: int, price: int, expected: int) -> None:
    served = attempt(model="claude", price=price, planned_price=planned, reported_cost_nano=billed)
    assert figures(request(failure(None, 429), served))["planned_nano"] == expected


def test_unknown_billing_makes_retry_overhead_at_least_with_its_bound_beside_it() -> None:
    row = figures(request(failure("timeout", input_upper_nano=450), attempt()))
    assert (row["billed_nano"], row["retry_nano"]) == (1_000, 0)
    assert (row["unknown_attempts"], row["unbounded_attempts"], row["unknown_upper_nano"]) == (1, 0, 450)


def test_unknown_billing_of_a_failed_request_has_no_bound() -> None:
    row = figures(request(failure("timeout"), outcome="failed"))
    assert (row["billed_nano"], row["unknown_attempts"], row["unbounded_attempts"]) == (0, 1, 1)


def test_an_unknown_outcome_is_not_split() -> None:
    row = figures(request(attempt(), outcome=None))
    assert (row["billed_nano"], row["token_nano"], row["retry_nano"]) == (1_000, None, None)


def test_a_lower_bound_keeps_its_cost_and_is_not_measurable() -> None:
    row = figures(request(attempt(), completeness="lower_bound"))
    assert (row["billed_nano"], row["measurable"], row["retry_delay_us"]) == (1_000, False, None)


def test_selection_is_not_measured_and_not_zero() -> None:
    assert figures(request(attempt()))["regret_nano"] is None


MODELS = st.sampled_from(["gpt-4o", "claude", "gemini", None])
MONEY = st.integers(0, 10**15) | st.integers(0, 20)
PRICE = st.none() | MONEY
ATTEMPT = st.builds(
    attempt,
    model=MODELS,
    provider=st.sampled_from(["openai", "azure"]),
    status=st.sampled_from([None, 200, 429, 500, 499, 418]),
    error_type=st.sampled_from([None, None, "cut", "timeout", "connection_error"]),
    input_tokens=st.none() | st.integers(0, 10**8),
    output_tokens=st.none() | st.integers(0, 10**6),
    reported_cost_nano=PRICE,
    currency=st.sampled_from(["USD", "EUR"]),
    list_nano=PRICE,
    published_nano=PRICE,
    planned_list_nano=PRICE,
    planned_published_nano=PRICE,
    input_upper_nano=PRICE,
    start_offset_us=st.none() | st.integers(0, 10**10),
    service_tier=st.sampled_from(["standard", "batch"]),
)


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    tries = draw(st.lists(ATTEMPT, max_size=4))
    return request(
        *tries,
        outcome=draw(st.sampled_from(["served", "failed", None])),
        serving_attempt=draw(st.none() | st.integers(0, max(len(tries) - 1, 0))),
        completeness=draw(st.sampled_from(["complete", "complete_first_hop", "count_only", "lower_bound", "unknown"])),
        cache_hit=draw(st.booleans()),
        parallel=draw(st.booleans()),
        user_facing=draw(st.none() | st.booleans()),
        operation=draw(st.sampled_from(["chat", "embeddings"])),
        routing_overhead_us=draw(st.none() | st.integers(0, 10**9)),
        overhead_basis=draw(st.sampled_from([None, "decision_only"])),
        engagement_loss_ppm=draw(st.integers(0, 500_000)),
    )


@given(st.lists(requests(), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_parts_are_never_negative_and_sum_to_what_was_billed(made: list[dict[str, Any]]) -> None:
    result = evaluated(*made)
    rows = result.requests
    for prefix in ("", "published_"):
        known = rows.filter(rows[f"{prefix}token_nano"].is_not_null())
        total = known[f"{prefix}token_nano"] + known[f"{prefix}retry_nano"]
        assert total.to_list() == known[f"{prefix}billed_nano"].to_list()
        assert all(value >= 0 for name in ("token_nano", "retry_nano") for value in known[prefix + name])
    split = rows.filter(rows["token_nano"].is_not_null())
    assert (split["wasted_nano"] + split["premium_nano"]).to_list() == split["retry_nano"].to_list()
    never_negative = [name for name in rows.columns if name.endswith(("_nano", "_us"))]
    assert all(value is None or value >= 0 for name in never_negative for value in rows[name])
    assert all(loss is None or loss <= 10**9 for loss in rows["loss_nano"])
    assert rows.filter((rows["outcome"] == "failed") & rows["billed_nano"].is_not_null())["token_nano"].sum() == 0


@given(st.lists(requests(), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_a_request_comes_to_the_same_alone_and_among_others(made: list[dict[str, Any]]) -> None:
    together = evaluated(*made).requests.drop("request_row").rows()
    assert together == [evaluated(one).requests.drop("request_row").row(0) for one in made]
