"""How sure a figure is: Wilson intervals of proportions, a bootstrap over days of dollar ratios. Both at 95 %."""

import random
from collections.abc import Sequence
from math import sqrt

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
RESAMPLES = 400
FEWEST_DAYS = 5
"""Fewer days say nothing about how days differ."""


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Wilson's score interval of part / whole; None when the whole is nothing."""
    if whole <= 0:
        return None
    share, spread = part / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(days: Sequence[tuple[int, int]], *, resamples: int = RESAMPLES) -> tuple[float, float] | None:
    """Percentile interval of sum(numerators) / sum(denominators) over resampled days.

    The same days give the same interval, in any order: the seed is drawn from them. None with too few days, or without a ratio.
    """
    if len(days) < FEWEST_DAYS:
        return None
    days = sorted(days)
    rng = random.Random(repr(days))  # noqa: S311  # statistics, no secret
    above, below, places = [n for n, _ in days], [d for _, d in days], range(len(days))
    ratios = sorted(
        sum(map(above.__getitem__, drawn)) / whole
        for drawn in (rng.choices(places, k=len(days)) for _ in range(resamples))
        if (whole := sum(map(below.__getitem__, drawn))) > 0
    )
    if not ratios:
        return None
    return ratios[int(0.025 * len(ratios))], ratios[min(len(ratios) - 1, int(0.975 * len(ratios)))]
