"""An amount that is known to lie between two others: nano-dollars, whole. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True)
class Range:
    """Both ends included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("a range begins at its lower end")

    def __neg__(self) -> "Range":
        return Range(-self.high, -self.low)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | Fraction) and self.low <= value <= self.high

    def scaled(self, by: Fraction) -> "Range":
        """Outwards to whole numbers, so that what lay within lies within; by nothing negative."""
        return Range(floor(self.low * by), ceil(self.high * by))

    def widened(self, below: float, above: float) -> "Range":
        return Range(self.low - ceil(below), self.high + ceil(above))


NOTHING = Range(0, 0)
