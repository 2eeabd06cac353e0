"""How much better or worse answers would be, as an interval, from what is known of both models. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from apps.rollups.intervals import wilson

MICRO = 1_000_000
Interval = tuple[float, float]
UNKNOWN: Interval = (0.0, 1.0)


@dataclass(frozen=True)
class Quality:
    """The mean of `n` observations between 0 and 1, in millionths."""

    micro: int
    n: int

    @property
    def mean(self) -> float:
        return self.micro / MICRO

    @property
    def interval(self) -> Interval:
        """Wilson's: scores between 0 and 1 vary by no more than shares do."""
        found = wilson(round(self.mean * self.n), self.n) or UNKNOWN
        return min(found[0], self.mean), max(found[1], self.mean)


@dataclass(frozen=True)
class Swap:
    """So many requests answered by one model, and by another instead."""

    requests: int
    of: Quality
    to: Quality


def difference(swaps: Iterable[Swap]) -> Interval:
    """Of mean quality over all of them: intervals of each put together as squares (Zou and Donner's MOVER; for two
    proportions it is Newcombe's). Without requests, nothing changes."""
    found = [one for one in swaps if one.requests]
    whole = sum(one.requests for one in found)
    if not whole:
        return 0.0, 0.0
    change = below = above = 0.0
    for one in found:
        weight = one.requests / whole
        change += weight * (one.to.mean - one.of.mean)
        below += (weight * (one.to.mean - one.to.interval[0])) ** 2 + (weight * (one.of.interval[1] - one.of.mean)) ** 2
        above += (weight * (one.to.interval[1] - one.to.mean)) ** 2 + (weight * (one.of.mean - one.of.interval[0])) ** 2
    return max(-1.0, change - sqrt(below)), min(1.0, change + sqrt(above))
