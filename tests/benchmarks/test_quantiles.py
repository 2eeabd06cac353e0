"""Quantiles of type 7, and the interval of the median from order statistics."""

from fractions import Fraction
from math import comb
from statistics import quantiles as reference

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.benchmarks.disclosure.quantiles import median_interval, median_ranks, quantile

NINETY_FIVE = Fraction(95, 100)


@pytest.mark.parametrize(("n", "ranks"), [(10, (2, 9)), (20, (6, 15)), (30, (10, 21)), (50, (18, 32)), (100, (40, 60))])
def test_the_median_lies_between_the_published_ranks(n: int, ranks: tuple[int, int]) -> None:
    assert median_ranks(n, NINETY_FIVE) == ranks


@given(n=st.integers(6, 120))
def test_the_interval_covers_enough_and_none_tighter_does(n: int) -> None:
    ranks = median_ranks(n, NINETY_FIVE)
    assert ranks is not None
    assert _coverage(n, *ranks) >= NINETY_FIVE
    width = ranks[1] - ranks[0]
    assert all(_coverage(n, low, low + width - 1) < NINETY_FIVE for low in range(1, n - width + 2))


def test_five_values_have_no_interval() -> None:
    assert median_ranks(5, NINETY_FIVE) is None
    assert median_interval([1, 2, 3, 4, 5], NINETY_FIVE) is None
    assert median_interval([1, 2, 3, 4, 5, 6], NINETY_FIVE) == (1, 6)


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60))
def test_quantiles_are_of_type_7(values: list[float]) -> None:
    ordered = sorted(values)
    expected = reference(ordered, n=20, method="inclusive")
    for position, value in enumerate(expected, start=1):
        assert quantile(ordered, Fraction(position, 20)) == pytest.approx(value, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], Fraction(1, 4), 3.0),
        ([1.0, 2.0], Fraction(1, 2), 1.5),
        ([1.0, 2.0, 3.0, 4.0], Fraction(1, 4), 1.75),
        ([1.0, 2.0, 3.0, 4.0, 5.0], Fraction(3, 4), 4.0),
    ],
)
def test_quantiles_of_a_few_values(values: list[float], share: Fraction, expected: float) -> None:
    assert quantile(values, share) == expected


def _coverage(n: int, low: int, high: int) -> Fraction:
    return Fraction(sum(comb(n, i) for i in range(low, high)), 2**n)
