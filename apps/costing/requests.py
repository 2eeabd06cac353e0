"""What each request cost, split into the parts of the routing cost equation, exact to the nano-dollar."""

import polars as pl

from apps.costing.attempts import FALLBACK, FREE, UNKNOWN, UNPRICED
from apps.costing.frames import MEASURABLE, by_request
from apps.costing.rounding import divide_half_even, product
from apps.costing.selection import CHOICE, NEVER, USAGE, comparable, is_optimal, optimal_nano, regret

LARGEST_PLANNED_NANO = 10**17
"""Planned costs saturate here ($100 million for one request): prices apart by any factor cannot overflow a sum."""


def gather(requests: pl.DataFrame, attempts: pl.DataFrame) -> pl.DataFrame:
    """Requests with what is summed over their attempts and what their serving attempt was; `rows` = attempts seen."""
    unknown, later = pl.col("billing_unknown"), pl.col("n") > 0
    summed = (
        attempts.lazy()
        .with_columns(
            _unpriced=pl.col("basis") == UNPRICED,
            _published_unpriced=pl.col("published_billed_nano").is_null() & (pl.col("basis") != UNKNOWN),
            later_billed_nano=pl.when(later).then("billed_nano"),
            unbounded_attempts=unknown & pl.col("input_upper_nano").is_null(),
            unknown_upper_nano=pl.when(unknown).then("input_upper_nano"),
            batch=pl.col("service_tier") == "batch",
        )
        .group_by("request_row", maintain_order=True)
        .agg(
            pl.len().alias("rows"),
            pl.col("later_billed_nano", "unbounded_attempts", "unknown_upper_nano").sum(),
            pl.col("_unpriced", "_published_unpriced", "batch", "billed_is_upper_bound").any(),
            _billed=pl.col("billed_nano").sum(),
            _published_billed=pl.col("published_billed_nano").sum(),
            unknown_attempts=unknown.sum(),
            _first_us=pl.col("start_offset_us").first(),
            _earliest_us=pl.col("start_offset_us").min(),
            _starts_unknown=pl.col("start_offset_us").null_count(),
            _last_us=pl.col("start_offset_us").last(),
        )
        .collect()
    )
    serving = (
        attempts.lazy()
        .filter("serving")
        .select(
            "request_row",
            serving_us="start_offset_us",
            fallback=pl.col("kind") == FALLBACK,
            serving_comparable=comparable(attempts),
            **{f"serving_{name}": name for name in USAGE},
            _serving="billed_nano",
            _price="list_nano",
            _planned_price="planned_list_nano",
            _published_serving="published_billed_nano",
            _published_price="published_nano",
            _published_planned_price="planned_published_nano",
            _serving_free=pl.col("basis") == FREE,
        )
        .collect()
    )
    gathered = requests.hstack(by_request(summed, requests.height)).hstack(by_request(serving, requests.height))
    counts = ("rows", "unknown_attempts", "unbounded_attempts", "unknown_upper_nano", "later_billed_nano")
    return gathered.with_columns(
        pl.col(counts).fill_null(0).cast(pl.Int64),
        pl.col("batch", "billed_is_upper_bound").fill_null(value=False),
        measurable=pl.col("completeness").is_in(MEASURABLE),
    ).with_columns(undispatched=_undispatched())


def split(gathered: pl.DataFrame) -> pl.DataFrame:
    """Adds the parts, as billed and, with the prefix `published_`, under the published assumptions.

    billed = token + retry + regret, retry = wasted attempts + fallback premium. All are null for a request that is not
    priced, and all but billed where it is not known which attempt served. Regret is null where it is not evaluable,
    which takes nothing from token cost.
    """
    priced = gathered.with_columns(
        billed_nano=_billed("_billed", "_unpriced"),
        published_billed_nano=_billed("_published_billed", "_published_unpriced"),
    )
    planned = priced.with_columns(
        planned_nano=_planned("billed_nano", "_serving", "_price", "_planned_price"),
        published_planned_nano=_planned(
            "published_billed_nano", "_published_serving", "_published_price", "_published_planned_price"
        ),
    )
    based = planned.with_columns(
        base_nano=pl.min_horizontal("planned_nano", _serving_part("_serving", "planned_nano")),
        published_base_nano=pl.min_horizontal(
            "published_planned_nano", _serving_part("_published_serving", "published_planned_nano")
        ),
    ).with_columns(*_selected(""), *_selected("published_"))
    known = pl.col("planned_nano").is_not_null()
    return based.with_columns(
        token_nano=pl.col("base_nano") - pl.col("regret_nano").fill_null(0),
        retry_nano=pl.col("billed_nano") - pl.col("base_nano"),
        wasted_nano=pl.when(known).then(pl.col("billed_nano") - pl.col("_serving").fill_null(0)),
        premium_nano=pl.when(known).then(pl.col("_serving").fill_null(0) - pl.col("base_nano")),
        saving_nano=pl.when(known).then(pl.max_horizontal(pl.col("planned_nano") - pl.col("_serving").fill_null(0), 0)),
        published_token_nano=pl.col("published_base_nano") - pl.col("published_regret_nano").fill_null(0),
        published_retry_nano=pl.col("published_billed_nano") - pl.col("published_base_nano"),
    )


def _selected(under: str) -> list[pl.Expr]:
    """Whether a request is evaluable for selection, its regret, whether it chose well, and what the optimum would cost."""
    planned, optimal, eligible = (pl.col(f"{under}{name}") for name in CHOICE)
    cost, base = pl.col(f"{under}planned_nano"), pl.col(f"{under}base_nano")
    evaluable = (
        (pl.col("outcome") == "served").fill_null(value=False)
        & cost.is_not_null()
        & planned.is_not_null()
        & ~pl.col("undispatched")
        & ~pl.col("batch")
        & ~pl.col("operation").is_in(NEVER)
    )
    return [
        evaluable.alias(f"{under}evaluable"),
        pl.when(evaluable).then(regret(base, planned, optimal)).alias(f"{under}regret_nano"),
        pl.when(evaluable).then(optimal_nano(cost, planned, optimal)).alias(f"{under}optimal_nano"),
        pl.when(evaluable).then(is_optimal(planned, optimal, eligible)).fill_null(value=False).alias(f"{under}optimal"),
        (evaluable & ~eligible).fill_null(value=False).alias(f"{under}under_quality"),
    ]


def _undispatched() -> pl.Expr:
    """Known to have had no attempt: a hit of the gateway's cache, or refused by the gateway before any dispatch."""
    refused = pl.col("measurable") & (pl.col("outcome") == "failed") & (pl.col("attempt_count") == 0)
    return (pl.col("rows") == 0) & (pl.col("cache_hit") | refused).fill_null(value=False)


def _billed(total: str, unpriced: str) -> pl.Expr:
    """The sum over attempts; unknown billing adds nothing to it, which makes it "at least"."""
    told = (pl.col("rows") > 0) & ~pl.col(unpriced)
    return pl.when("undispatched").then(0).when(told).then(pl.col(total))


def _planned(billed: str, serving: str, price: str, planned_price: str) -> pl.Expr:
    """What the serving attempt's usage would have cost as planned, at the terms it was billed on.

    Served: billed x price(planned model) / price(serving model), or as billed where the models are equal or a price is
    missing (or the serving model is free of charge, when there is no ratio). Failed or never dispatched: 0.
    """
    both = pl.col(planned_price).is_not_null() & (pl.col(price) > 0)
    exact = divide_half_even(
        pl.min_horizontal(
            product(serving, planned_price), pl.lit(LARGEST_PLANNED_NANO, dtype=pl.Int128) * pl.col(price)
        ),
        pl.col(price),
    )
    as_served = pl.when(both).then(exact).otherwise(pl.col(serving))
    nothing = pl.col("undispatched") | (pl.col("outcome") == "failed").fill_null(value=False)
    planned = pl.when(nothing).then(0).when(pl.col("outcome") == "served").then(as_served)
    return pl.when(pl.col(billed).is_not_null()).then(planned)


def _serving_part(serving: str, planned: str) -> pl.Expr:
    """Billed of the serving attempt, 0 where none served."""
    return pl.when(pl.col(planned).is_not_null()).then(pl.col(serving).fill_null(0))
