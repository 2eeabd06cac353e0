"""The product's arithmetic over columns against the reference, for arbitrary requests."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.arbitrary import requests
from tests.reference.columns import evaluated
from tests.reference.compare import differences, upper_bound_differs
from tests.reference.equation import bill, kind
from tests.reference.nouns import Assumptions, Attempt, Model, Request, Usage
from tests.reference.prices import discounted, list_price

OWN = Assumptions(price=discounted(83, 100), loss_per_100_ms=Decimal("0.02"))
PUBLISHED = Assumptions(price=list_price, list_first=True)


@settings(max_examples=250, deadline=None)
@given(st.lists(requests(), min_size=1, max_size=6))
def test_every_figure_of_every_request_is_that_of_the_reference(asked: list[Request]) -> None:
    rows = evaluated(asked, own=OWN, published=PUBLISHED).requests.iter_rows(named=True)
    for request, row in zip(asked, rows, strict=True):
        assert differences(request, row, own=OWN, published=PUBLISHED) == []
        assert not upper_bound_differs(request, row, OWN)


@settings(max_examples=100, deadline=None)
@given(requests())
def test_every_attempt_is_billed_on_the_basis_of_the_reference(request: Request) -> None:
    rows = evaluated([request], own=OWN, published=PUBLISHED).attempts.iter_rows(named=True)
    for position, row in enumerate(rows):
        expected = bill(request, position, OWN)
        assert (row["basis"], row["billed_nano"]) == (expected.basis, expected.nano)
        assert row["published_billed_nano"] == bill(request, position, PUBLISHED).nano
        assert row["kind"] == kind(request, position)


@pytest.mark.parametrize(("reported", "planned"), [(1, 0), (3, 2), (5, 2), (7, 4), (8, 4)])
def test_half_a_planned_nano_dollar_goes_to_the_even_one(reported: int, planned: int) -> None:
    """Served by a model that costs exactly twice what was planned, and billed an odd number of nano-dollars."""
    usage = Usage(input_tokens=1_000, output_tokens=10)
    first, second = Model("openai", "gpt-4o"), Model("openai", "twice-4o")
    request = Request((Attempt(first, status=429), Attempt(second, usage, 5, reported_nano=reported)), serving=1)
    (row,) = evaluated([request], own=OWN, published=PUBLISHED).requests.iter_rows(named=True)
    assert row["planned_nano"] == planned
    assert differences(request, row, own=OWN, published=PUBLISHED) == []
