"""Published figures lie on public grids, and ends round outward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.benchmarks.disclosure.grid import Grid, Kind, candidates, ratios, shares, times
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS

SHARES, RATIOS, TIMES = shares(0.0, 0.40), ratios(0.0, 4.0), times(0.1, 10_000)
GRIDS = [SHARES, RATIOS, TIMES]


@pytest.mark.parametrize(
    ("grid", "value", "down", "nearest", "up"),
    [
        (SHARES, 0.0841, 0.08, 0.085, 0.085),
        (SHARES, 0.0824, 0.08, 0.08, 0.085),
        (SHARES, 0.0825, 0.08, 0.085, 0.085),
        (SHARES, 0.085, 0.085, 0.085, 0.085),
        (RATIOS, 1.61, 1.60, 1.62, 1.62),
        (RATIOS, 1.6, 1.6, 1.6, 1.6),
        (TIMES, 100.0, 100.0, 100.0, 100.0),
        (TIMES, 101.0, 100.0, 100.0, 110.1),
        (TIMES, 106.0, 100.0, 110.1, 110.1),
    ],
)
def test_it_rounds_to_the_steps_of_the_policy(grid: Grid, value: float, down: float, nearest: float, up: float) -> None:
    assert (grid.down(value), grid.nearest(value), grid.up(value)) == (down, nearest, up)


@pytest.mark.parametrize(
    ("grid", "value", "nearest"),
    [(SHARES, 0.0841, 0.08), (SHARES, 0.0951, 0.1), (RATIOS, 1.61, 1.6), (TIMES, 140.0, 146.8)],
)
def test_the_coarse_grid_is_four_times_coarser(grid: Grid, value: float, nearest: float) -> None:
    assert grid.nearest(value, coarseness=4) == nearest
    assert candidates(grid, 4) == candidates(grid)[::4]


def test_a_decade_has_twenty_four_steps() -> None:
    points = candidates(times(1, 10))
    assert len(points) == 25
    assert (points[0], points[24]) == (1.0, 10.0)


@given(value=st.floats(-1.0, 30_000.0), grid=st.sampled_from(GRIDS), coarseness=st.sampled_from([1, 4]))
def test_ends_round_outward_and_nothing_leaves_the_range(value: float, grid: Grid, coarseness: int) -> None:
    clipped = grid.clip(value)
    low, near, high = (round_(clipped, coarseness=coarseness) for round_ in (grid.down, grid.nearest, grid.up))
    assert grid.low <= low <= clipped <= high <= grid.high
    assert near in (low, high)
    assert {low, high} <= set(candidates(grid, coarseness))


def test_a_range_must_begin_and_end_on_the_coarse_grid() -> None:
    with pytest.raises(ValueError, match="coarse grid"):
        Grid(Kind.SHARE, 2, 80)
    with pytest.raises(ValueError, match="coarse grid"):
        Grid(Kind.SHARE, 80, 0)


@pytest.mark.parametrize("metric", YARDSTICKS)
def test_every_metric_has_few_candidates_that_ascend(metric: str) -> None:
    """The fewer, the less a figure can carry."""
    points = candidates(YARDSTICKS[metric].grid)
    assert list(points) == sorted(set(points))
    assert len(points) <= 201
