"""Order statistics: quantiles of type 7 (Hyndman and Fan 1996) and a distribution-free interval of the median."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate


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
    below = [0, *accumulate(_counts(n))]
    enough: Fraction = confidence * 2**n

    def covers(low: int, width: int) -> bool:
        return below[low + width] - below[low] >= enough

    # Of all pairs as wide, that in the middle covers most, since the binomial distribution is symmetric and has one peak.
    widths = range(1, n)
    tightest = bisect_left(widths, 1, key=lambda width: covers(_central(n, width), width))
    if tightest == len(widths):
        return None
    low = _central(n, width := widths[tightest])
    while low > 1 and covers(low - 1, width):
        low -= 1
    return low, low + width


def _counts(n: int) -> Iterator[int]:
    """C(n, 0) to C(n, n), each of the one before it."""
    count = 1
    for i in range(n + 1):
        yield count
        count = count * (n - i) // (i + 1)


def _central(n: int, width: int) -> int:
    return max(1, (n - width + 1) // 2)


def median_interval(ordered: Sequence[float], confidence: Fraction) -> tuple[float, float] | None:
    ranks = median_ranks(len(ordered), confidence)
    return (ordered[ranks[0] - 1], ordered[ranks[1] - 1]) if ranks else None
