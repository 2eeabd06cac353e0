"""A sketch as a list of 64-bit integers: (bucket << 32 | count), ordered by bucket; stored as bigint[]."""

from collections.abc import Iterable, Mapping

import polars as pl

COUNT_BITS = 32
LARGEST_COUNT = (1 << COUNT_BITS) - 1
"""A bucket counts up to 4.29 billion values; beyond that packing raises."""


def packed(bucket: pl.Expr, count: pl.Expr) -> pl.Expr:
    """Entries of a sketch from columns of buckets and counts."""
    return bucket.cast(pl.Int64) * (1 << COUNT_BITS) + count.cast(pl.Int64)


def bucket_in(entry: pl.Expr) -> pl.Expr:
    return entry // (1 << COUNT_BITS)


def count_in(entry: pl.Expr) -> pl.Expr:
    return entry % (1 << COUNT_BITS)


def encode(counts: Mapping[int, int]) -> list[int]:
    """Raises ValueError for a count that is not positive or does not fit."""
    wrong = {bucket: count for bucket, count in counts.items() if not 0 < count <= LARGEST_COUNT}
    if wrong:
        raise ValueError(f"counts out of range: {wrong}")
    return [bucket << COUNT_BITS | counts[bucket] for bucket in sorted(counts)]


def decode(sketch: Iterable[int]) -> dict[int, int]:
    """Counts by bucket, in the order of the buckets."""
    return {entry >> COUNT_BITS: entry & LARGEST_COUNT for entry in sketch}
