"""Facts made of the reference's requests and prices: nothing of the price book is in them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from apps.advice.assumed import Lengths
from apps.advice.facts import Facts, Known, Sample, billed_by_day, seen
from apps.advice.quality import Quality
from apps.costing.evaluate import Evaluated
from tests.reference.columns import NAMES, evaluated
from tests.reference.nouns import Assumptions, Model, Request, Usage
from tests.reference.prices import list_price

FIRST = date(2026, 11, 2)
LISTED = Assumptions(price=list_price)
TASKS = ("triage", "answers", None)


def facts(asked: Sequence[Request], known: dict[tuple[str, str], Known] | None = None, **changed: Any) -> Facts:
    """28 days; request n came on day n of them, of the tasks and routes in turn."""
    found = evaluated(list(asked), own=LISTED, published=LISTED)
    placed = found.requests.with_columns(
        day=pl.lit(FIRST) + pl.duration(days=pl.col("request_row") % 28),
        task=_in_turn(TASKS),
        route=_in_turn(("fast", "deep")),
        environment=pl.lit("production"),
    )
    both = Evaluated(placed, found.attempts)
    billed = billed_by_day(both, None)
    made = Facts(
        first=FIRST,
        last=FIRST + timedelta(days=27),
        environment=None,
        seen=seen(both, None),
        billed=billed,
        sample=Sample(672, 672, int(billed["billed_nano"].sum() or 0)),
        price=price,
        known=known or {},
    )
    return replace(made, **changed)


def _in_turn(labels: Sequence[str | None]) -> pl.Expr:
    return (pl.col("request_row") % len(labels)).replace_strict(dict(enumerate(labels)), return_dtype=pl.String)


def price(usage: pl.DataFrame) -> pl.Series:
    """By the reference's list, one row after the other."""
    return pl.Series(
        "price",
        [
            list_price(
                Model(row["provider"], row["model"], row["service_tier"]),
                Usage(**{name: row[column] for column, name in NAMES.items() if row.get(column) is not None}),
                row["at_us"],
            )
            for row in usage.iter_rows(named=True)
        ],
        pl.Int64,
    )


def known(micro: int, n: int = 100, *, lengths: tuple[int, int] | None = None, provider: str | None = None) -> Known:
    return Known(provider, Quality(micro, n), lengths and Lengths(*lengths))
