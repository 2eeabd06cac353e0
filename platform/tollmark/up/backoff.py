"""When a process that ended is started again, and when that is given up."""

from dataclasses import dataclass

QUICK_S = 30.0
"""Whoever lived longer has worked: its next end is the first again, and from then on it is never given up."""
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 10.0
ENDS = 5


@dataclass
class Backoff:
    quick_ends: int = 0
    has_worked: bool = False

    def after(self, lived_s: float) -> float | None:
        """Seconds to wait before the next start; None after five quick ends in a row of what never worked.

        What has worked is right, and something around it is not: a disk that is full, a server that is away. It comes
        back by itself once that has passed.
        """
        self.has_worked |= lived_s > QUICK_S
        self.quick_ends = 1 if lived_s > QUICK_S else self.quick_ends + 1
        if self.quick_ends >= ENDS and not self.has_worked:
            return None
        return float(min(FIRST_DELAY_S * 2 ** min(self.quick_ends - 1, ENDS), LONGEST_DELAY_S))
