"""What happened to the candidates of a deployment: prices that changed, models that came or went. Pure, over columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

import polars as pl

from apps.pricing.terms import Basis

MOST = 200
_RATES = ("input_nano_per_mtok", "output_nano_per_mtok")


class Kind(StrEnum):
    PRICE = "price_change"
    CAME = "new_model"
    WENT = "model_gone"


@dataclass(frozen=True)
class Event:
    """`per_mille`: the price after it, of the price before it; of input and output tokens together, one of each."""

    day: date
    kind: Kind
    model: str
    per_mille: int | None = None


def events(evidence: pl.DataFrame, basis: Basis) -> list[Event]:
    """Between the days that have evidence, in order; a model is there while it is a candidate of any task."""
    days = evidence.group_by("day", "model", maintain_order=True).agg(pl.col("provider").drop_nulls().first())
    usage = days.with_columns(
        service_tier=pl.lit("standard"),
        at_us=pl.col("day").cast(pl.Datetime("us")).to_physical(),
        input_tokens=pl.lit(1, dtype=pl.Int64),
    )
    rates = basis.rates(usage)
    priced = days.select(pl.all().gather(rates["row"])).with_columns(
        price=rates.select(pl.sum_horizontal(_RATES)).to_series()
    )
    by_day: dict[date, dict[str, int]] = {}
    for day, model, price in priced.select("day", "model", "price").sort("day", "model").iter_rows():
        by_day.setdefault(day, {})[model] = price
    return list(_between(by_day))[-MOST:]


def _between(by_day: dict[date, dict[str, int]]) -> Iterator[Event]:
    for (_, before), (day, after) in pairwise(sorted(by_day.items())):
        for model in sorted({*before, *after}):
            if model not in before:
                yield Event(day, Kind.CAME, model)
            elif model not in after:
                yield Event(day, Kind.WENT, model)
            elif before[model] != after[model]:
                yield Event(
                    day, Kind.PRICE, model, round(1_000 * after[model] / before[model]) if before[model] else None
                )
