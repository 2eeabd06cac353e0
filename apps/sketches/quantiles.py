"""Quantiles read from a sketch: nearest rank, within one per cent of the exact value."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

from apps.sketches.buckets import value_of
from apps.sketches.packing import decode

MEDIAN_AND_TAILS = (0.5, 0.95, 0.99)


def count(sketch: Iterable[int]) -> int:
    """How many values the sketch has seen."""
    return sum(decode(sketch).values())


def combine(sketches: Iterable[Iterable[int]]) -> dict[int, int]:
    """Counts by bucket over several sketches: merging outside a frame."""
    total: dict[int, int] = {}
    for sketch in sketches:
        for bucket, counted in decode(sketch).items():
            total[bucket] = total.get(bucket, 0) + counted
    return total


def quantiles(sketch: Iterable[int], shares: Sequence[float] = MEDIAN_AND_TAILS) -> tuple[float, ...] | None:
    """Values at the given shares (0 < share <= 1) in the unit of the values; None when the sketch is empty."""
    counts = decode(sketch)
    n = sum(counts.values())
    if not n:
        return None
    return tuple(_at_rank(counts, nearest_rank(share, n)) for share in shares)


def nearest_rank(share: float, n: int) -> int:
    """The rank, from 1, of the smallest value with at least `share` of all values at or below it.

    Computed from the share's decimal digits: 0.07 x 100 is 7, and not a float a little above it.
    """
    return min(n, max(1, ceil(Fraction(Decimal(str(share))) * n)))


def _at_rank(counts: dict[int, int], rank: int) -> float:
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= rank:
            return value_of(bucket)
    raise AssertionError("a rank is never beyond the count")
