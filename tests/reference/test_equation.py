"""The reference itself: hand-computed cases, and what must hold whatever the request."""

from decimal import Decimal

import pytest
from hypothesis import given

from tests.reference.arbitrary import requests
from tests.reference.equation import ALL_ATTEMPTS_KNOWN, Parts, bill, engagement_lost, parts, wait
from tests.reference.nouns import Assumptions, Attempt, Model, Request, Usage

GPT, CLAUDE, UNLISTED = Model("openai", "gpt-4o"), Model("anthropic", "claude"), Model("openai", "unlisted")
SOME = Usage(input_tokens=100, output_tokens=10)
PRICES = {"gpt-4o": 1_000, "claude": 3_000, "gratis": 0}


def price(model: Model, usage: Usage, at_us: int) -> int | None:
    return PRICES.get(model.name or "") if usage.told else None


UNDER = Assumptions(price=price)


def answer(model: Model = GPT, start_us: int = 0, reported: int | None = None) -> Attempt:
    return Attempt(model, SOME, start_us, reported_nano=reported)


def failure(status: int | None, model: Model = GPT, usage: Usage = Usage(), reported: int | None = None) -> Attempt:  # noqa: B008
    return Attempt(model, usage, 0, status, "cut" if status is None else None, reported)


def served(*attempts: Attempt, serving: int | None = None) -> Request:
    return Request(attempts, serving=len(attempts) - 1 if serving is None else serving)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (served(answer()), Parts(1_000, 1_000, 1_000, 0, 1_000, 0, 0, 0)),
        (served(failure(429), answer()), Parts(1_000, 1_000, 1_000, 0, 1_000, 0, 0, 0)),
        (served(failure(500, usage=SOME), answer()), Parts(2_000, 1_000, 1_000, 1_000, 1_000, 1_000, 0, 0)),
        (served(failure(429), answer(CLAUDE)), Parts(3_000, 1_000, 1_000, 2_000, 1_000, 0, 2_000, 0)),
        (served(failure(429, CLAUDE), answer()), Parts(1_000, 3_000, 1_000, 0, 1_000, 0, 0, 2_000)),
        (served(failure(429), answer(CLAUDE, reported=6_000)), Parts(6_000, 2_000, 2_000, 4_000, 2_000, 0, 4_000, 0)),
        (served(failure(429, UNLISTED), answer(CLAUDE)), Parts(3_000, 3_000, 3_000, 0, 3_000, 0, 0, 0)),
        (served(failure(429), answer(UNLISTED, reported=5)), Parts(5, 5, 5, 0, 5, 0, 0, 0)),
        (served(failure(429), answer(Model("azure", "gpt-4o"))), Parts(1_000, 1_000, 1_000, 0, 1_000, 0, 0, 0)),
        (served(answer(), answer(CLAUDE), serving=0), Parts(4_000, 1_000, 1_000, 3_000, 1_000, 3_000, 0, 0)),
        (served(failure(500), answer()), Parts(1_000, 1_000, 1_000, 0, 1_000, 0, 0, 0, 1, 1_000)),
        (served(failure(500, reported=7), answer()), Parts(1_007, 1_000, 1_000, 7, 1_000, 7, 0, 0)),
        (served(failure(500, reported=0), answer()), Parts(1_000, 1_000, 1_000, 0, 1_000, 0, 0, 0, 1, 1_000)),
        (served(failure(None)), Parts(None)),
        (served(Attempt(GPT, SOME, 0, 200, "cut")), Parts(1_000, 1_000, 1_000, 0, 1_000, 0, 0, 0)),
        (served(answer(UNLISTED)), Parts(None)),
        (served(Attempt(UNLISTED, SOME, reported_nano=9, currency="EUR")), Parts(None)),
        (Request((answer(),), outcome="failed"), Parts(1_000, 0, 0, 1_000, 0, 1_000, 0, 0)),
        (Request((failure(500),), outcome="failed"), Parts(0, 0, 0, 0, 0, 0, 0, 0, 1, None)),
        (Request((), cache_hit=True), Parts(0, 0, 0, 0, 0, 0, 0, 0)),
        (Request((), outcome="failed"), Parts(0, 0, 0, 0, 0, 0, 0, 0)),
        (Request((), outcome="failed", completeness="unknown"), Parts(None)),
        (Request(()), Parts(None)),
        (Request((answer(), answer(CLAUDE)), outcome=None), Parts(4_000)),
    ],
)
def test_hand_computed_cases(request_: Request, expected: Parts) -> None:
    assert parts(request_, UNDER) == expected


@given(requests())
def test_parts_are_whole_and_none_is_negative(request_: Request) -> None:
    for under in (UNDER, Assumptions(price=price, list_first=True)):
        split = parts(request_, under)
        if split.token_cost is not None:
            assert split.billed == split.token_cost + (split.retry_overhead or 0)
            assert split.retry_overhead == (split.wasted or 0) + (split.premium or 0)
        assert all(value >= 0 for value in vars(split).values() if value is not None)


@given(requests())
def test_waiting_is_never_negative_and_a_loss_is_a_share(request_: Request) -> None:
    waited = wait(request_, UNDER)
    assert waited.added >= 0
    assert waited.loss is None or 0 <= waited.loss <= 1
    if request_.completeness not in ALL_ATTEMPTS_KNOWN and request_.attempts:
        assert waited.retry_delay is None


@pytest.mark.parametrize(
    ("added_us", "expected"), [(0, 0), (100_000, 0.012), (200_000, 0.023856), (75_000, 0.0090135636)]
)
def test_a_hundred_milliseconds_lose_the_published_share(added_us: int, expected: float) -> None:
    assert abs(engagement_lost(added_us, UNDER) - Decimal(expected)) < Decimal("1e-8")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429])
def test_a_rejection_is_free_whatever_was_reported(status: int) -> None:
    assert bill(Request((failure(status, reported=9, usage=SOME),), outcome="failed"), 0, UNDER).nano == 0


@pytest.mark.parametrize("status", [408, 499, 500, 502, 503, 504, 529, None])
def test_what_may_have_generated_is_unknown_and_not_free(status: int | None) -> None:
    assert bill(Request((failure(status),), outcome="failed"), 0, UNDER).basis == "unknown"
