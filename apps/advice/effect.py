"""What a change would have done to requests that were seen, before it is made a month. Pure."""

from dataclasses import dataclass, field

import polars as pl

from apps.advice.assumed import Factors
from apps.advice.changes import Model
from apps.advice.quality import Interval

NO_PRICE, NO_EVIDENCE, NOT_TOLD, NOTHING_THERE = "no_price", "no_evidence", "not_told", "nothing"


@dataclass(frozen=True)
class Missing:
    """Why something cannot be said, or only of a part, of so many requests; `what` is the model, or the model and task."""

    why: str
    what: str = ""
    requests: int = 0


@dataclass(frozen=True)
class Lane:
    """From one model to another: what was assumed for so many requests."""

    of: Model
    to: Model
    factors: Factors
    requests: int


@dataclass(frozen=True)
class Effect:
    """`days`: day, low_nano, high_nano (how much more is paid), base_nano (what was paid). `requests` are those that it is
    of, `left` those that it should be of too; `failing` would fail instead."""

    days: pl.DataFrame
    requests: int
    left: int = 0
    failing: int = 0
    quality: Interval | None = (0.0, 0.0)
    missing: tuple[Missing, ...] = ()
    lanes: tuple[Lane, ...] = field(default=())


def no_days() -> pl.DataFrame:
    """Made when it is asked for: columns made at import would stop processes that fork later."""
    return pl.DataFrame(schema={"day": pl.Date, "low_nano": pl.Int64, "high_nano": pl.Int64, "base_nano": pl.Int64})


def by_day(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("day").agg(pl.col("low_nano", "high_nano", "base_nano").sum()).sort("day")


def is_priced() -> pl.Expr:
    return pl.col("billed_nano").is_not_null() & pl.col("request_nano").is_not_null()
