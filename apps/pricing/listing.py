"""What the book said of some models over some days, for people to read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from apps.pricing.book import RATES
from apps.pricing.load import load_book_and_history
from apps.pricing.models import TIERS
from apps.pricing.quote import listed
from apps.pricing.unfold import SOURCE


@dataclass(frozen=True)
class Listed:
    """One price in its interval; rates in nano-USD per million tokens, None without one of its own. Times of day in us."""

    owner: str
    """Whose list it is: the provider's own, or that of the model's maker."""
    model: str
    service_tier: str
    effective_from: datetime | None
    effective_until: datetime | None
    daily_from_us: int
    daily_until_us: int | None
    input_from: int
    input_until: int | None
    rates: Mapping[str, int | None]
    request_nano: int | None
    edition: int


def listing(
    names: Iterable[tuple[str, str]],
    *,
    since: datetime,
    until: datetime,
    source: str = SOURCE,
    edition: int | None = None,
) -> dict[tuple[str, str], tuple[Listed, ...]]:
    """By provider and model as pages name them, every price in force at some time of the interval, tier by tier.
    `edition`: of the book's state in force, if already read.

    Raises NoPricesError before any list was imported. A model without a price is absent.
    """
    book, history = load_book_and_history(source=source, edition=edition)
    names_of = {number: series for series, number in book.series.items()}
    first, last = (round(moment.timestamp() * 1_000_000) for moment in (since, until))
    live = history.filter(
        pl.col("effective_from_us").is_null() | (pl.col("effective_from_us") < last),
        pl.col("effective_until_us").is_null() | (pl.col("effective_until_us") > first),
    )
    found: dict[tuple[str, str], tuple[Listed, ...]] = {}
    for provider, model in names:
        numbers = dict.fromkeys(listed(book, provider or None, model, tier) for tier in TIERS)
        series = [names_of[number] for number in numbers if number is not None]
        if series:
            found[provider, model] = tuple(one for some in series for one in _of(live, some))
    return found


def _of(history: pl.DataFrame, series: tuple[str, str, str]) -> list[Listed]:
    place = dict(zip(("provider", "model", "service_tier"), series, strict=True))
    rows = history.filter(*(pl.col(name) == value for name, value in place.items()))
    moments = rows.with_columns(
        pl.from_epoch(name, time_unit="us").dt.replace_time_zone("UTC").alias(name.removesuffix("_us"))
        for name in ("effective_from_us", "effective_until_us")
    )
    order = (pl.col("effective_from_us").fill_null(-(2**63)), "input_from", "daily_from_us")
    return [
        Listed(
            owner=row["provider"],
            rates={rate: row[rate] for rate in RATES},
            **{name: row[name] for name in _AS_THEY_ARE},
        )
        for row in moments.sort(*order).iter_rows(named=True)
    ]


_AS_THEY_ARE = (
    "model",
    "service_tier",
    "effective_from",
    "effective_until",
    "daily_from_us",
    "daily_until_us",
    "input_from",
    "input_until",
    "request_nano",
    "edition",
)
