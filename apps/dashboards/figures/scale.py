"""From a value to a place, and round numbers for an axis."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Maps `low`..`high` to `start`..`end`; values outside are held at the nearer end."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        if self.high <= self.low:
            return round((self.start + self.end) / 2, 2)
        portion = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return round(self.start + portion * (self.end - self.start), 2)


def ticks(low: float, high: float, *, about: int = 3) -> tuple[float, ...]:
    """Round numbers, evenly apart, that enclose `low`..`high`; steps are 1, 2, 2.5 or 5 times a power of ten."""
    spread = high - low or abs(high) or 1.0
    raw = spread / max(1, about - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if last == first:
        last = first + 1
    return tuple(round(index * step, 12) for index in range(first, last + 1))
