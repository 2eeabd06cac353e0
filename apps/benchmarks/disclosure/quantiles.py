"""Order statistics: quantiles of type 7 (Hyndman and Fan 1996) and a distribution-free interval of the median."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb


def quantile(ordered: Sequence[float], share: Fraction) -> float:
    """Type 7: linear between the order statistics around (n - 1) * share. `ordered` ascends and is not empty."""
    whole, part = divmod((len(ordered) - 1) * share, 1)
    low = ordered[whole]
    return low if part == 0 else low + float(part) * (ordered[whole + 1] - low)


@lru_cache(maxsize=4096)
def median_ranks(n: int, confidence: Fraction) -> tuple[int, int] | None:
    """Ranks (from 1) of the order statistics between which the median lies with at least `confidence`.

    The tightest pair, the lower one of two equals; its coverage is sum(C(n, i), low <= i < high) / 2^n whatever the
    distribution. None when even the extremes do not cover enough.
    """
    counts = [comb(n, i) for i in range(n + 1)]
    enough = confidence * 2**n
    for width in range(1, n):
        for low in range(1, n - width + 1):
            if sum(counts[low : low + width]) >= enough:
                return low, low + width
    return None


def median_interval(ordered: Sequence[float], confidence: Fraction) -> tuple[float, float] | None:
    ranks = median_ranks(len(ordered), confidence)
    return (ordered[ranks[0] - 1], ordered[ranks[1] - 1]) if ranks else None
