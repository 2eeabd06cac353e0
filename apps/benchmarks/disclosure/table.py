"""The published table of one metric: quantiles of the votes, settled on the public grid. No more leaves the pool."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.benchmarks.disclosure.grid import Grid
from apps.benchmarks.disclosure.peers import Level, band, level
from apps.benchmarks.disclosure.policy import POLICY, Policy
from apps.benchmarks.disclosure.quantiles import median_interval, quantile

P10, P25, P50, P75, P90 = (Fraction(percent, 100) for percent in (10, 25, 50, 75, 90))


@dataclass(frozen=True)
class Table:
    """What anybody may read. `coarse_median` is for viewers with 10 to 19 others; None is not published."""

    peers: str
    """The band of the number of votes."""
    coarse_median: float | None = None
    median: float | None = None
    interval_low: float | None = None
    interval_high: float | None = None
    p10: float | None = None
    p25: float | None = None
    p75: float | None = None
    p90: float | None = None


def publish(values: Sequence[float], grid: Grid, *, policy: Policy = POLICY) -> Table:
    """The table of the votes' values (clipped to the grid), the same for the same values in any order."""
    ordered = sorted(map(grid.clip, values))
    reached = level(len(ordered), policy=policy)
    if reached is Level.NOTHING:
        return Table(peers=band(len(ordered)))
    middle = quantile(ordered, P50)
    coarse = grid.nearest(middle, coarseness=policy.coarseness)
    if reached is Level.MEDIAN:
        return Table(peers=band(len(ordered)), coarse_median=coarse)
    low, high = median_interval(ordered, policy.confidence) or (None, None)
    tails = reached is Level.TAILS
    figures = (
        _lower(ordered, quantile(ordered, P10) if tails else None, grid, policy),
        _lower(ordered, quantile(ordered, P25), grid, policy),
        grid.nearest(middle),
        _upper(ordered, quantile(ordered, P75), grid, policy),
        _upper(ordered, quantile(ordered, P90) if tails else None, grid, policy),
    )
    p10, p25, median, p75, p90 = _sorted(figures)
    return Table(
        peers=band(len(ordered)),
        coarse_median=coarse,
        median=median,
        interval_low=_lower(ordered, low, grid, policy),
        interval_high=_upper(ordered, high, grid, policy),
        p10=p10,
        p25=p25,
        p75=p75,
        p90=p90,
    )


def _lower(ordered: Sequence[float], value: float | None, grid: Grid, policy: Policy) -> float | None:
    """A figure below the median, rounded outward; None without enough organizations at or beyond it."""
    if value is None or sum(x <= value for x in ordered) < policy.support:
        return None
    return grid.down(value)


def _upper(ordered: Sequence[float], value: float | None, grid: Grid, policy: Policy) -> float | None:
    if value is None or sum(x >= value for x in ordered) < policy.support:
        return None
    return grid.up(value)


def _sorted(figures: Sequence[float | None]) -> list[float | None]:
    """The figures ascending in the places that hold one: settling each apart may cross them."""
    ascending = iter(sorted(figure for figure in figures if figure is not None))
    return [None if figure is None else next(ascending) for figure in figures]
