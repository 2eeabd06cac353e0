"""How many labels of a kind, and cells, a period may have: what is beyond folds into `__other__`, the smallest first.

Folding looks at the rows of one hour (or the hour cells of one day) alone, so that a rebuild of any part gives the same
cells as a rebuild of everything.
"""

from collections.abc import Mapping

import polars as pl

OTHER = "__other__"
LIMITS: Mapping[str, int] = {
    "environment": 20,
    "provider": 50,
    "model": 500,
    "task": 100,
    "route": 50,
    "policy": 100,
}
ENVIRONMENT = {"environment": LIMITS["environment"]}
"""Folded by itself, so that every cube of a deployment tells the same environments apart."""
MOST_CELLS = 5_000
"""Combinations of labels in an hour, or a day: each label may be within its limit, and all of them together be millions."""

MOST_TAG_KEYS = 20
"""Keys of tags that an hour, or a day, tells apart: those with the greatest spend."""
MOST_TAG_VALUES = 200
"""Values of each of these keys, with their environment."""
MOST_TAG_TEXT = 1_024
"""Characters: a request whose tags are longer than this as JSON is summed under none of its keys."""


def fold(frame: pl.DataFrame, period: str, measure: pl.Expr, limits: Mapping[str, int] = LIMITS) -> pl.DataFrame:
    """The frame with labels beyond their limit replaced, in each period; `measure` is summed to rank them."""
    for label in beyond(frame, limits):
        frame = _fold_one(frame, period, label, limits[label], measure)
    return frame


def beyond(frame: pl.DataFrame, limits: Mapping[str, int] = LIMITS) -> list[str]:
    """Labels that the whole frame has more of than a period may; without any, no period has one to fold."""
    return [label for label, limit in limits.items() if label in frame.columns and frame[label].n_unique() > limit]


def _fold_one(frame: pl.DataFrame, period: str, label: str, limit: int, measure: pl.Expr) -> pl.DataFrame:
    """Keeps the `limit` labels with the greatest measure, ties in alphabetical order; the folded name ranks with them."""
    ranked = (
        frame.group_by(period, label)
        .agg(measure.alias("_size"))
        .sort(period, "_size", label, descending=[False, True, False])
        .with_columns(_rank=pl.int_range(pl.len()).over(period))
        .select(period, label, _kept=pl.col("_rank") < limit)
    )
    return (
        frame.join(ranked, on=(period, label), how="left", maintain_order="left")
        .with_columns(pl.when("_kept").then(label).otherwise(pl.lit(OTHER)).alias(label))
        .drop("_kept")
    )


def fold_combinations(frame: pl.DataFrame, period: str, measure: pl.Expr) -> pl.DataFrame:
    """The frame with the labels of the smallest combinations replaced, where a period has more than MOST_CELLS of them.

    All but the environment, so that a flood of labels moves no request from one environment to another.
    """
    labels = [label for label in LIMITS if label in frame.columns]
    ranked = (
        frame.group_by(period, *labels)
        .agg(measure.alias("_size"))
        .sort(period, "_size", *labels, descending=[False, True, *(False for _ in labels)])
        .with_columns(_rank=pl.int_range(pl.len()).over(period))
        .select(period, *labels, _kept=pl.col("_rank") < MOST_CELLS)
    )
    folded = [label for label in labels if label not in ENVIRONMENT]
    return (
        frame.join(ranked, on=(period, *labels), how="left", maintain_order="left")
        .with_columns(pl.when("_kept").then(label).otherwise(pl.lit(OTHER)).alias(label) for label in folded)
        .drop("_kept")
    )
