"""Intervals: Wilson's for proportions, a bootstrap over days for dollar ratios."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollups.intervals import bootstrap, bootstrap_difference, newcombe, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.27753), (5, 10, 0.23659, 0.76341), (84, 1_000, 0.06837, 0.10281), (10, 10, 0.72247, 1.0)],
)
def test_wilson_gives_the_textbook_values(part: int, whole: int, low: float, high: float) -> None:
    assert list(wilson(part, whole) or ()) == pytest.approx([low, high], abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)],
)
def test_a_difference_of_proportions_has_the_published_interval(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, table II, method 10."""
    assert list(newcombe(one, other) or ()) == pytest.approx([low, high], abs=1e-4)


def test_days_alike_on_both_sides_do_not_differ_and_dearer_days_do() -> None:
    plain = [(n, 100) for n in range(10, 20)]
    low, high = bootstrap_difference(plain, plain) or (1, -1)
    assert low <= 0 <= high
    assert (bootstrap_difference([(n + 50, 100) for n, _ in plain], plain) or (0, 0))[0] > 0.4
    assert bootstrap_difference(plain, plain[:4]) is None


def test_nothing_has_no_interval() -> None:
    assert newcombe((0, 0), (1, 2)) is None
    assert wilson(0, 0) is None
    assert bootstrap([(1, 0)] * 10) is None
    assert bootstrap([(1, 2)] * 4) is None


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(1, 10**12)), min_size=5, max_size=28))
def test_a_bootstrap_lies_within_the_days_and_is_the_same_again(days: list[tuple[int, int]]) -> None:
    found = bootstrap(days, resamples=50)
    assert found is not None
    low, high = found
    ratios = [part / whole for part, whole in days]
    assert min(ratios) * (1 - 1e-9) <= low <= high <= max(ratios) * (1 + 1e-9)
    assert bootstrap(list(reversed(days)), resamples=50) == found


def test_equal_days_leave_no_doubt() -> None:
    assert bootstrap([(3, 4)] * 7) == (0.75, 0.75)
