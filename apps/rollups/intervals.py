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
    return wilson_of_mean(part / whole, whole) if whole > 0 else None


def wilson_of_mean(mean: float, n: int) -> tuple[float, float]:
    """The same of the mean of `n` scores from 0 to 1: none of them varies more than a yes or no of the same mean does."""
    spread = Z * Z / n
    middle = (mean + spread / 2) / (1 + spread)
    half = Z * sqrt(mean * (1 - mean) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float] | None:
    """Interval of the difference of two proportions, each (part, whole), first less second; None without a whole.

    By Wilson's intervals of both, put together as squares (Newcombe 1998, method 10).
    """
    first, second = wilson(*one), wilson(*other)
    if first is None or second is None:
        return None
    share, base = one[0] / one[1], other[0] / other[1]
    below = sqrt((share - first[0]) ** 2 + (second[1] - base) ** 2)
    above = sqrt((first[1] - share) ** 2 + (base - second[0]) ** 2)
    return share - base - below, share - base + above


def bootstrap(days: Sequence[tuple[int, int]], *, resamples: int = RESAMPLES) -> tuple[float, float] | None:
    """Percentile interval of sum(numerators) / sum(denominators) over resampled days.

    The same days give the same interval, in any order: the seed is drawn from them. None with too few days, or without a ratio.
    """
    if len(days) < FEWEST_DAYS:
        return None
    ratios = _resampled(days, resamples)
    return _middle([one for one in ratios if one is not None])


def bootstrap_difference(
    one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]], *, resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """As `bootstrap`, of the ratio over the one set of days less that over the other, each resampled by itself."""
    if min(len(one), len(other)) < FEWEST_DAYS:
        return None
    drawn = zip(_resampled(one, resamples), _resampled(other, resamples), strict=True)
    return _middle([first - second for first, second in drawn if first is not None and second is not None])


def _resampled(days: Sequence[tuple[int, int]], resamples: int) -> list[float | None]:
    """The ratio of each draw, None where nothing is below."""
    days = sorted(days)
    rng = random.Random(repr(days))  # noqa: S311  # statistics, no secret
    above, below, places = [n for n, _ in days], [d for _, d in days], range(len(days))
    found: list[float | None] = []
    for _ in range(resamples):
        drawn = rng.choices(places, k=len(days))
        whole = sum(map(below.__getitem__, drawn))
        found.append(sum(map(above.__getitem__, drawn)) / whole if whole > 0 else None)
    return found


def _middle(values: Sequence[float]) -> tuple[float, float] | None:
    """Between which 95 % of the values lie."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[int(0.025 * len(ordered))], ordered[min(len(ordered) - 1, int(0.975 * len(ordered)))]
