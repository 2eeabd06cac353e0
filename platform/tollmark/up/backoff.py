"""When a process that ended is started again, and when that is given up."""

from dataclasses import dataclass

QUICK_S = 30.0
"""Whoever lived longer has worked: its next end is the first again."""
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
ENDS = 5


@dataclass
class Backoff:
    quick_ends: int = 0

    def after(self, lived_s: float) -> float | None:
        """Seconds to wait before the next start; None after five quick ends in a row."""
        self.quick_ends = 1 if lived_s > QUICK_S else self.quick_ends + 1
        if self.quick_ends >= ENDS:
            return None
        return float(min(FIRST_DELAY_S * 2 ** (self.quick_ends - 1), LONGEST_DELAY_S))
