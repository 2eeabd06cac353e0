"""What answers would have cost on another model, between the least and the most that is assumed. Pure.

On the price basis of the planned model: billed x price(other model, its usage) / price(model that answered, its usage), at
the tenant's terms, so that whatever a bill is beside the list price stays in it. Where the model that answered has no price,
or a price of 0, there is no ratio, and the price itself stands.
"""

from collections.abc import Mapping
from itertools import product

import polars as pl

from apps.advice.assumed import ONE, Factors, Unsure
from apps.advice.changes import Model
from apps.advice.facts import Pricer
from apps.costing.frames import TOKENS
from apps.costing.rounding import divide_half_even

MOST_NANO = 10**17
"""Costs saturate here, as planned ones do: prices apart by any factor overflow nothing."""
_INPUT, _OUTPUT = TOKENS[:4], TOKENS[4:]


def substituted(
    answers: pl.DataFrame, to: Model, *, factors: Mapping[str | None, Factors], price: Pricer, unsure: Unsure
) -> pl.DataFrame:
    """Columns low_nano and high_nano, in the order of `answers`; null where there is no price, or what was used beside
    tokens has none that could be told. `factors` by the model that answered."""
    corners = [(end, cached) for end, cached in product((0, 1), (False, True)) if unsure.caching or not cached]
    names = [f"{end}{cached}" for end, cached in corners]
    costs = pl.DataFrame(
        [
            _cost(answers, price(_usage(answers, to, factors, end, cached=cached))).alias(name)
            for name, (end, cached) in zip(names, corners, strict=True)
        ]
    )
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    return costs.select(
        low_nano=pl.when(known).then(pl.min_horizontal(names)), high_nano=pl.when(known).then(pl.max_horizontal(names))
    )


def _usage(
    answers: pl.DataFrame, to: Model, factors: Mapping[str | None, Factors], end: int, *, cached: bool
) -> pl.DataFrame:
    """As the other model would have counted and answered, at one end of what is assumed."""
    tokens = pl.col("model").replace_strict(
        {name: one.tokens[end] for name, one in factors.items()}, default=ONE, return_dtype=pl.Int64
    )
    longer = pl.col("model").replace_strict(
        {name: one.answers[end] for name, one in factors.items()}, default=ONE, return_dtype=pl.Int64
    )
    whole = pl.max_horizontal("input_tokens", pl.sum_horizontal(pl.col(name).fill_null(0) for name in _INPUT[1:]))
    told = pl.when(pl.col("input_tokens").is_not_null()).then(whole)
    return answers.select(
        "service_tier",
        "at_us",
        provider=pl.lit(to.provider, pl.String),
        model=pl.lit(to.name, pl.String),
        input_tokens=_times(told, tokens),
        **{name: _times(pl.col(name).fill_null(0), tokens) if cached else pl.lit(0, pl.Int64) for name in _INPUT[1:]},
        **{name: _times(pl.col(name), longer) for name in _OUTPUT},
    )


def _times(count: pl.Expr, per_mille: pl.Expr) -> pl.Expr:
    return (count * per_mille + ONE // 2) // ONE


def _cost(answers: pl.DataFrame, price: pl.Series) -> pl.Series:
    told = answers.with_columns(price=price)
    product_ = pl.col("billed_nano").cast(pl.Int128) * pl.col("price").cast(pl.Int128)
    most = pl.lit(MOST_NANO, dtype=pl.Int128) * pl.col("list_nano").cast(pl.Int128)
    by_ratio = divide_half_even(pl.min_horizontal(product_, most), pl.max_horizontal("list_nano", pl.lit(1)))
    known = pl.col("price").is_not_null() & pl.col("billed_nano").is_not_null()
    if "other_units" in told.columns:
        known &= pl.col("other_units").is_null()
    return told.select(
        pl.when(known).then(pl.when(pl.col("list_nano") > 0).then(by_ratio).otherwise("price"))
    ).to_series()
