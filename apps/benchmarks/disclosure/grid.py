"""Public grids: a published figure is one of a short, public list of candidates; it moves in whole steps or not at all.

Shares lie on 0.5 percentage points, ratios on 0.02, times (milliseconds) on 24 logarithmic steps a decade. A step
number says which candidate; at 10-19 others only every fourth is used. Values beyond the range are clipped to its ends.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import ceil, floor, log10, sqrt

from apps.benchmarks.disclosure.policy import POLICY


class Kind(StrEnum):
    SHARE = "share"
    RATIO = "ratio"
    TIME = "time"


STEPS = {Kind.SHARE: 200, Kind.RATIO: 50, Kind.TIME: 24}
"""Steps a unit, for times a decade."""


@dataclass(frozen=True)
class Grid:
    """The candidates of one metric: steps `first` to `last`, both multiples of the coarse step."""

    kind: Kind
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.first >= self.last or self.first % POLICY.coarseness or self.last % POLICY.coarseness:
            raise ValueError("a range must begin and end on the coarse grid")

    @property
    def low(self) -> float:
        return point(self.kind, self.first)

    @property
    def high(self) -> float:
        return point(self.kind, self.last)

    def clip(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def down(self, value: float, *, coarseness: int = 1) -> float:
        """The greatest candidate not above `value`."""
        points = candidates(self, coarseness)
        return points[max(bisect_right(points, value) - 1, 0)]

    def up(self, value: float, *, coarseness: int = 1) -> float:
        """The least candidate not below `value`."""
        points = candidates(self, coarseness)
        return points[min(bisect_left(points, value), len(points) - 1)]

    def nearest(self, value: float, *, coarseness: int = 1) -> float:
        """The candidate next to `value`, for times by ratio; half-way goes up."""
        low, high = self.down(value, coarseness=coarseness), self.up(value, coarseness=coarseness)
        middle = sqrt(low * high) if self.kind is Kind.TIME else (low + high) / 2
        return low if value < middle else high


def point(kind: Kind, step: int) -> float:
    """The figure of a step; times are kept to four digits, so that every machine has the same list."""
    if kind is Kind.TIME:
        return float(f"{10 ** (step / STEPS[kind]):.4g}")
    return step / STEPS[kind]


@lru_cache(maxsize=256)
def candidates(grid: Grid, coarseness: int = 1) -> tuple[float, ...]:
    """Every figure that may be published of this metric, ascending."""
    return tuple(point(grid.kind, step) for step in range(grid.first, grid.last + 1, coarseness))


def shares(low: float, high: float) -> Grid:
    """Of shares between 0 and 1; the range is widened to the coarse grid."""
    return _widened(Kind.SHARE, low * STEPS[Kind.SHARE], high * STEPS[Kind.SHARE])


def ratios(low: float, high: float) -> Grid:
    return _widened(Kind.RATIO, low * STEPS[Kind.RATIO], high * STEPS[Kind.RATIO])


def times(low_ms: float, high_ms: float) -> Grid:
    """Of milliseconds above 0."""
    return _widened(Kind.TIME, log10(low_ms) * STEPS[Kind.TIME], log10(high_ms) * STEPS[Kind.TIME])


def _widened(kind: Kind, first: float, last: float) -> Grid:
    coarse = POLICY.coarseness
    # Rounded to a millionth of a step first: 0.7 * 200 is 140.00000000000003.
    return Grid(kind, floor(round(first, 6) / coarse) * coarse, ceil(round(last, 6) / coarse) * coarse)
