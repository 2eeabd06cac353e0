"""A fault put into the product's arithmetic on purpose must be seen: a proof that cannot fail proves nothing.

The faults are made in what goes into the arithmetic or comes out of it, and in its constants, so that no code is patched.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.reference.columns import evaluated
from tests.reference.compare import differences, upper_bound_differs
from tests.reference.nouns import Assumptions, Attempt, Model, Price, Request, Usage
from tests.reference.prices import list_price
from tests.reference.test_costing import OWN, PUBLISHED

GPT, CLAUDE = Model("openai", "gpt-4o"), Model("anthropic", "claude-opus")
SOME = Usage(input_tokens=1_003, cache_read=17, output_tokens=211)
RETRIED = Request(
    attempts=(
        Attempt(GPT, SOME, 1_000, 500),
        Attempt(GPT, Usage(), 500_000, None, "timeout"),
        Attempt(CLAUDE, SOME, 2_000_000),
    ),
    serving=2,
    overhead_us=14_000,
    overhead_basis="receive_to_dispatch",
)
CHEAPER = replace(RETRIED, attempts=(Attempt(CLAUDE, Usage(), 0, 429), Attempt(GPT, SOME, 900_000)), serving=1)
NUMBERS = (
    "billed_nano", "planned_nano", "base_nano", "retry_nano", "token_nano", "wasted_nano", "premium_nano", "saving_nano",
    "unknown_attempts", "published_billed_nano", "published_planned_nano", "published_token_nano",
    "published_retry_nano", "retry_delay_us", "added_overhead_us", "added_us",
)  # fmt: skip


def row_of(request: Request, **assumptions: Any) -> dict[str, Any]:
    return evaluated([request], **({"own": OWN, "published": PUBLISHED} | assumptions)).requests.row(0, named=True)


def seen(request: Request, row: dict[str, Any]) -> set[str]:
    return {name for name, *_ in differences(request, row, own=OWN, published=PUBLISHED)}


def test_without_a_fault_nothing_is_seen() -> None:
    assert seen(RETRIED, row_of(RETRIED)) == seen(CHEAPER, row_of(CHEAPER)) == set()
    assert not upper_bound_differs(RETRIED, row_of(RETRIED), OWN)


@pytest.mark.parametrize("column", NUMBERS)
@pytest.mark.parametrize("step", [-1, 1])
def test_one_nano_dollar_or_microsecond_too_many_or_too_few_is_seen(column: str, step: int) -> None:
    row = row_of(RETRIED)
    assert seen(RETRIED, row | {column: row[column] + step}) == {column}


@pytest.mark.parametrize("column", NUMBERS)
def test_an_unknown_shown_as_nothing_is_seen(column: str) -> None:
    unpriced = replace(
        RETRIED, attempts=(Attempt(Model("nobody", "unlisted"), SOME),), serving=0, completeness="unknown"
    )
    row = row_of(unpriced)
    unknown = {name for name in NUMBERS if row[name] is None}
    assert len(unknown) == 14
    if column in unknown:
        assert seen(unpriced, row | {column: 0}) == {column}


@pytest.mark.parametrize("column", ["loss_nano", "own_loss_nano"])
def test_two_billionths_of_lost_engagement_are_seen(column: str) -> None:
    row = row_of(RETRIED)
    assert seen(RETRIED, row | {column: row[column] + 2}) == {column}
    assert seen(RETRIED, row | {column: None}) == {column}


def test_somebody_who_does_not_wait_counted_as_waiting_is_seen() -> None:
    silent = replace(RETRIED, user_facing=False)
    assert "waiting" in seen(silent, row_of(silent) | {"waiting": True})


def test_an_upper_bound_too_low_or_left_out_is_seen() -> None:
    row = row_of(RETRIED)
    assert upper_bound_differs(RETRIED, row | {"unknown_upper_nano": row["unknown_upper_nano"] - 1}, OWN)
    unbounded = replace(RETRIED, outcome="failed", serving=None)
    assert upper_bound_differs(unbounded, row_of(unbounded) | {"unbounded_attempts": 0}, OWN)


def dearer(by: int, only: str) -> Price:
    def price(model: Model, usage: Usage, at_us: int) -> int | None:
        right = OWN.price(model, usage, at_us)
        return right if right is None or model.name != only else right + by

    return price


def uncached(made: Attempt) -> Attempt:
    return replace(made, usage=replace(made.usage, cache_read=None))


FIRST, SECOND, LAST = RETRIED.attempts
REFUSED, CHEAP = CHEAPER.attempts
OF_REQUESTS = {
    "a wasted attempt lost": (RETRIED, replace(RETRIED, attempts=(SECOND, LAST), serving=1), "wasted_nano"),
    "an unknown billing lost": (RETRIED, replace(RETRIED, attempts=(FIRST, LAST), serving=1), "unknown_attempts"),
    "another attempt taken for the serving one": (RETRIED, replace(RETRIED, serving=0), "wasted_nano"),
    "a crash taken for a rejection": (
        RETRIED,
        replace(RETRIED, attempts=(replace(FIRST, status=429), SECOND, LAST)),
        "wasted_nano",
    ),
    "a rejection taken for a crash": (
        CHEAPER,
        replace(CHEAPER, attempts=(replace(REFUSED, status=500), CHEAP)),
        "unknown_attempts",
    ),
    "a failure shown as served": (replace(RETRIED, outcome="failed", serving=None), RETRIED, "token_nano"),
    "cached tokens priced as fresh": (
        RETRIED,
        replace(RETRIED, attempts=(FIRST, SECOND, uncached(LAST))),
        "planned_nano",
    ),
    "overhead without a basis": (RETRIED, replace(RETRIED, overhead_basis=None), "added_us"),
    "a delay where the source hides attempts": (replace(RETRIED, completeness="unknown"), RETRIED, "retry_delay_us"),
}
OF_ASSUMPTIONS: dict[str, tuple[dict[str, Assumptions], str]] = {
    "the serving model a nano-dollar too dear": ({"own": replace(OWN, price=dearer(1, "claude-opus"))}, "billed_nano"),
    "the planned model too dear": ({"own": replace(OWN, price=dearer(1_000, "gpt-4o"))}, "planned_nano"),
    "list prices where the tenant pays less": ({"own": replace(OWN, price=list_price)}, "billed_nano"),
    "the tenant's prices in the published figures": (
        {"published": replace(PUBLISHED, price=OWN.price)},
        "published_billed_nano",
    ),
    "a slightly other engagement loss": ({"own": replace(OWN, loss_per_100_ms=Decimal("0.020001"))}, "own_loss_nano"),
}


@pytest.mark.parametrize("fault", OF_REQUESTS)
def test_a_fault_in_what_the_arithmetic_is_told_is_seen(fault: str) -> None:
    honest, faulty, column = OF_REQUESTS[fault]
    assert column in seen(honest, row_of(faulty))


@pytest.mark.parametrize("fault", OF_ASSUMPTIONS)
def test_a_fault_in_a_price_or_a_constant_is_seen(fault: str) -> None:
    faulty, column = OF_ASSUMPTIONS[fault]
    assert column in seen(RETRIED, row_of(RETRIED, **faulty))
