"""Which bucket a duration falls into, and what a bucket stands for.

Logarithmic buckets after DDSketch (Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", VLDB 2019): bucket 0 holds exact zeros, and bucket k >= 1 holds the values v with
gamma^(k-2) < v <= gamma^(k-1), gamma = (1 + alpha) / (1 - alpha). Any value of a bucket is within alpha of the one that
stands for it. Merging adds counts, so a merged sketch is bit-identical to one built in a single pass.
"""

import math

import polars as pl

ALPHA = 0.01
"""Largest relative error of a quantile."""
GAMMA = (1 + ALPHA) / (1 - ALPHA)
LOG_GAMMA = math.log(GAMMA)
ZERO_BUCKET = 0


def bucket_of(value: pl.Expr) -> pl.Expr:
    """Bucket number of whole, non-negative values (microseconds here); null stays null."""
    ordinary = 1 + (value.log() / LOG_GAMMA).ceil()
    return pl.when(value > 0).then(ordinary).when(value.is_not_null()).then(ZERO_BUCKET).cast(pl.Int64)


def value_of(bucket: int) -> float:
    """The value that stands for a bucket: its relative distance to both edges is the same, alpha."""
    if bucket == ZERO_BUCKET:
        return 0.0
    return 2.0 * GAMMA ** (bucket - 1) / (GAMMA + 1)
