"""Random draws that are cheap and repeatable: tables of quantiles, and one generator a deployment and day."""

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

STEPS = 512
"""Entries of an unrolled table; a draw is one index into it."""


def generator(seed: int, *names: str) -> random.Random:
    """A generator that depends on the seed and the names alone, whatever was drawn before."""
    return random.Random(f"{seed}:{'/'.join(names)}")  # noqa: S311 - a demo must repeat itself, not keep a secret


def of_day(seed: int, deployment: str, day: date) -> random.Random:
    return generator(seed, deployment, day.isoformat())


def unroll(levels: Sequence[float], quantiles: Sequence[float]) -> tuple[float, ...]:
    """Quantiles as a table of STEPS equally likely values, interpolated geometrically (linearly next to a zero).

    Beyond the outer levels the outer values are kept: the observed extremes are cut, not extrapolated.
    """
    return tuple(at_level(levels, quantiles, (step + 0.5) / STEPS) for step in range(STEPS))


def at_level(levels: Sequence[float], quantiles: Sequence[float], level: float) -> float:
    if not all(low <= high for low, high in pairwise(quantiles)):
        raise ValueError("quantiles must not fall")
    right = bisect_right(levels, level)
    if right in (0, len(levels)):
        return quantiles[min(right, len(levels) - 1)]
    low, high = quantiles[right - 1], quantiles[right]
    part = (level - levels[right - 1]) / (levels[right] - levels[right - 1])
    if low <= 0:
        return low + (high - low) * part
    return math.exp(math.log(low) + (math.log(high) - math.log(low)) * part)


def mean_one_gamma(rng: random.Random, cv: float) -> float:
    """Gamma with mean 1 and this coefficient of variation."""
    shape = 1 / cv**2
    return rng.gammavariate(shape, 1 / shape)


def lognormal(rng: random.Random, median: float, spread: float) -> float:
    """`spread` is the standard deviation of the logarithm."""
    return median * math.exp(rng.gauss(0, spread))
