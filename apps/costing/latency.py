"""The waiting that routing added, and the engagement it lost."""

from math import log1p

import polars as pl

from apps.costing.frames import OVERHEAD_TOLD
from apps.costing.published import ENGAGEMENT_LOSS_PER_100_MS, NANO

NEVER_WAITED_FOR = ("embeddings", "rerank")
"""Operations that are never user-facing latency; neither is the batch tier."""

_UNIT_US = 100_000.0


def wait(gathered: pl.DataFrame) -> pl.DataFrame:
    """Adds waiting, retry_delay_us, overhead_us, added_overhead_us, added_us, loss_nano and own_loss_nano.

    `waiting`: the request counts for latency impact. `retry_delay_us` and `overhead_us` are null where not measured;
    `added_us` sums what is measured, which coverage must say. The waiting of a failed request counts; the engagement
    that the failure itself lost is not claimed.
    """
    timed = gathered.with_columns(
        waiting=pl.col("user_facing").fill_null(value=False)
        & ~pl.col("operation").is_in(NEVER_WAITED_FOR)
        & ~pl.col("batch"),
        retry_delay_us=_retry_delay(),
        overhead_us=_overhead(),
    )
    added = timed.with_columns(
        added_overhead_us=pl.coalesce("overhead_us", pl.when("undispatched").then(pl.lit(0, dtype=pl.Int64)))
    ).with_columns(added_us=pl.col("retry_delay_us").fill_null(0) + pl.col("added_overhead_us").fill_null(0))
    own_share = pl.col("engagement_loss_ppm") / 1e6
    return added.with_columns(
        loss_nano=pl.when("waiting").then(loss_nano(pl.col("added_us"), pl.lit(log1p(-ENGAGEMENT_LOSS_PER_100_MS)))),
        own_loss_nano=pl.when("waiting").then(loss_nano(pl.col("added_us"), (-own_share).log1p())),
    )


def loss_nano(added_us: pl.Expr, log_kept: pl.Expr) -> pl.Expr:
    """1 - (1 - e)^(added / 100 ms) in billionths, rounded half to even; `log_kept` is ln(1 - e)."""
    return ((1.0 - (added_us / _UNIT_US * log_kept).exp()) * NANO).round(mode="half_to_even").cast(pl.Int64)


def _retry_delay() -> pl.Expr:
    """Start of the serving attempt (of the last one if failed) - first dispatch; 0 with one attempt or none.

    Attempts side by side (`parallel`) are dispatched from the earliest start on; else attempt 0 comes first.
    """
    end = pl.when(pl.col("outcome") == "served").then("serving_us").when(pl.col("outcome") == "failed").then("_last_us")
    start = (
        pl.when(~pl.col("parallel")).then("_first_us").when(pl.col("_starts_unknown") == 0).then(pl.col("_earliest_us"))
    )
    delay = (end - start).clip(lower_bound=0)
    return (
        pl.when(pl.col("undispatched")).then(0)
        .when(pl.col("measurable") & (pl.col("rows") == 1)).then(0)
        .when(pl.col("measurable")).then(delay)
    )  # fmt: skip


def _overhead() -> pl.Expr:
    told = pl.col("overhead_basis").is_not_null() & pl.col("completeness").is_in(OVERHEAD_TOLD)
    return pl.when(told).then(pl.col("routing_overhead_us"))
