"""Sketches of a column, one for each group of rows."""

from collections.abc import Sequence

import polars as pl

from apps.sketches.buckets import bucket_of
from apps.sketches.packing import LARGEST_COUNT, bucket_in, count_in, packed


def build(frame: pl.DataFrame, keys: Sequence[str], column: str) -> pl.DataFrame:
    """`keys` and a list column named `column`; a group without any known value has no row."""
    buckets = frame.lazy().filter(pl.col(column).is_not_null()).select(*keys, bucket=bucket_of(pl.col(column)))
    return _folded(buckets.with_columns(count=pl.lit(1, dtype=pl.Int64)), keys, column)


def merge(frame: pl.DataFrame, keys: Sequence[str], column: str) -> pl.DataFrame:
    """Sketches of the same group folded into one; order and number of the parts change nothing."""
    entries = frame.lazy().select(*keys, column).explode(column).filter(pl.col(column).is_not_null())
    unpacked = entries.select(*keys, bucket=bucket_in(pl.col(column)), count=count_in(pl.col(column)))
    return _folded(unpacked, keys, column)


def _folded(buckets: pl.LazyFrame, keys: Sequence[str], column: str) -> pl.DataFrame:
    counted = buckets.group_by(*keys, "bucket").agg(pl.col("count").sum()).collect()
    if counted.height and counted["count"].max() > LARGEST_COUNT:  # type: ignore[operator]
        raise OverflowError("a bucket holds more values than its count can")
    entries = counted.lazy().sort("bucket").select(*keys, packed(pl.col("bucket"), pl.col("count")).alias(column))
    return entries.group_by(*keys, maintain_order=True).agg(pl.col(column)).collect()
