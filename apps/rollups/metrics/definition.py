"""What a metric is: defined once, for page, API, mail and method page."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals


class Unit(StrEnum):
    SHARE = "share"
    RATIO = "ratio"
    MILLISECONDS = "ms"
    HOURS_PER_DAY = "hours/day"
    COUNT = "count"
    INDEX = "index"
    DOLLARS_PER_1000 = "usd/1000"


class Direction(StrEnum):
    LOWER = "lower is better"
    HIGHER = "higher is better"
    NEITHER = "neither is better"


@dataclass(frozen=True)
class Found:
    """A metric's figure. `value` is null when it was not measured; `of`: how many requests it could have covered."""

    value: float | None
    covered: int
    of: int
    basis: str = ""
    """On which basis of overhead, for which class of completeness or with which single model, where that matters."""


@dataclass(frozen=True)
class Metric:
    """One metric. `pair` gives whole numerator and denominator where it is a plain ratio of sums."""

    name: str
    title: str
    unit: Unit
    direction: Direction
    numerator: str
    denominator: str
    coverage: str
    why: str
    caveat: str
    find: Callable[[Totals], Found]
    pair: Callable[[RequestSums], tuple[int, int]] | None = None
    proportion: bool = False
    """Whether the ratio is one of counts, with a Wilson interval; else a bootstrap over days."""


@dataclass(frozen=True)
class Measure:
    """A metric as measured in a window."""

    metric: Metric
    value: float | None
    coverage: float | None
    covered: int
    basis: str
    low: float | None = None
    high: float | None = None


def divided(numerator: int | Fraction, denominator: int) -> float | None:
    return float(Fraction(numerator) / denominator) if denominator else None
