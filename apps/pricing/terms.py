"""What a tenant pays in the stead of list prices: its own prices first, else the list's with its discount. Pure.

An own price holds for every tier of its model. A discount is taken off the list price in whole nano-dollars, rounded
half-even; a discount of a model stands over that of its provider. Neither ever moves the published figures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

import polars as pl

from apps.costing.rounding import divide_half_even
from apps.pricing.book import RATES, Book, frame_prices
from apps.pricing.names import canonical_name
from apps.pricing.price_row import PriceRow
from apps.pricing.quote import appraise, rates, steps

LIST_PPM = 1_000_000
"""The multiplier of the list price itself."""
_DISCOUNTS = pl.Schema(
    {"provider": pl.String(), "model": pl.String(), "from_us": pl.Int64(), "until_us": pl.Int64(), "ppm": pl.Int64()}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOR_EVER = 2**63 - 1


@dataclass(frozen=True)
class Own:
    """An own price from a day on; without rates nothing of one's own holds any more."""

    provider: str
    model: str
    effective_from: date
    rates: dict[str, int | None] | None
    """By the names of the columns of `Book`."""


@dataclass(frozen=True)
class Off:
    """What is paid of the list price from a day on, in millionths; None: no agreement any more."""

    provider: str
    model: str
    """Empty: of everything that the provider sells."""
    effective_from: date
    multiplier_ppm: int | None


T = TypeVar("T", Own, Off)


@dataclass(frozen=True)
class Terms:
    """None where nothing was agreed: made at import, in a process that forks later, columns would stop its children."""

    own: Book | None
    discounts: pl.DataFrame | None

    @classmethod
    def of(cls, own: Iterable[Own], off: Iterable[Off]) -> "Terms":
        rows, discounts = _rows(own), _discounts(off)
        return cls(Book.of(frame_prices(rows)) if rows else None, None if discounts.is_empty() else discounts)

    @property
    def none(self) -> bool:
        return self.own is None and self.discounts is None


NO_TERMS = Terms(None, None)


def own_price(usage: pl.DataFrame, listed: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """As `quote.appraise`, at the tenant's terms; `listed` is what it says of the same usage at list prices."""
    if terms.none or usage.is_empty():
        return listed
    discounted = listed.with_columns(price_nano=_discounted(usage, listed["price_nano"], terms.discounts))
    if terms.own is None:
        return discounted
    own, spoken = appraise(usage, terms.own, named), _in_force(usage, terms.own)
    return discounted.select(
        pl.when(spoken).then(own[name]).otherwise(pl.col(name)).alias(name) for name in ("price_nano", "upper_bound")
    )


@dataclass(frozen=True)
class Basis:
    """What models cost on one basis: at list prices, or at a tenant's terms."""

    book: Book
    terms: Terms = NO_TERMS

    def rates(self, usage: pl.DataFrame) -> pl.DataFrame:
        """As `quote.rates`; a discount is taken off each rate, half-even to a nano-dollar for a million tokens."""
        listed = rates(usage, self.book)
        if self.terms.none or usage.is_empty():
            return listed
        own = listed.clear() if self.terms.own is None else rates(usage, self.terms.own, named)
        others = listed.join(own.select("row"), on="row", how="anti", maintain_order="left")
        asked = usage.select("provider", "model", "at_us").select(pl.all().gather(others["row"]))
        off = {name: _discounted(asked, others[name], self.terms.discounts) for name in (*RATES, "request_nano")}
        return pl.concat([own, others.with_columns(**off)]).sort("row")

    def steps(self) -> tuple[list[int], list[int], list[int]]:
        """As `quote.steps`."""
        both = [steps(book) for book in (self.book, self.terms.own) if book is not None]
        found: list[set[int]] = [set[int]().union(*some) for some in zip(*both, strict=True)]
        if self.terms.discounts is not None:
            found[0] |= {*self.terms.discounts["from_us"], *self.terms.discounts["until_us"]}
        at, of_day, of_input = (sorted(some) for some in found)
        return at, of_day, of_input


def named(book: Book, provider: str | None, ref: str | None, tier: str | None) -> int | None:  # noqa: ARG001
    """A tenant names a model as its pages do: by provider and canonical name, dates and prefixes left out."""
    name = canonical_name(provider, ref)
    return None if name.model is None else book.series_of(name.provider or "", name.model, "standard")


def _rows(own: Iterable[Own]) -> list[PriceRow]:
    return [
        _row(one, start, end)
        for some in _by_thing(own).values()
        for one, start, end in _periods(some)
        if one.rates is not None
    ]


def _row(one: Own, start: datetime, end: datetime | None) -> PriceRow:
    rates = dict(one.rates or {})
    return PriceRow(
        provider=one.provider,
        model=one.model,
        service_tier="standard",
        effective_from=start,
        effective_until=end,
        daily_from=time(),
        daily_until=None,
        input_from=0,
        input_until=None,
        input_nano_per_mtok=rates.get("input_nano_per_mtok"),
        cache_read_nano_per_mtok=rates.get("cache_read_nano_per_mtok"),
        cache_write_nano_per_mtok=rates.get("cache_write_nano_per_mtok"),
        cache_write_1h_nano_per_mtok=None,
        output_nano_per_mtok=rates.get("output_nano_per_mtok"),
        reasoning_output_nano_per_mtok=rates.get("reasoning_output_nano_per_mtok"),
        request_nano=None,
        other_units={},
    )


def _discounts(off: Iterable[Off]) -> pl.DataFrame:
    rows = [
        (one.provider, one.model, _us(start), _FOR_EVER if end is None else _us(end), one.multiplier_ppm)
        for some in _by_thing(off).values()
        for one, start, end in _periods(some)
        if one.multiplier_ppm is not None
    ]
    return pl.DataFrame(rows, schema=_DISCOUNTS, orient="row")


def _by_thing(terms: Iterable[T]) -> dict[tuple[str, str], list[T]]:
    found: dict[tuple[str, str], list[T]] = {}
    for one in terms:
        found.setdefault((one.provider, one.model), []).append(one)
    return found


def _periods(terms: Sequence[T]) -> list[tuple[T, datetime, datetime | None]]:
    """Each from its day until the next one's, in UTC."""
    ordered: list[T] = sorted(terms, key=lambda one: one.effective_from)
    starts: list[datetime] = [datetime.combine(one.effective_from, time(), UTC) for one in ordered]
    ends: list[datetime | None] = [*starts[1:], None]
    return list(zip(ordered, starts, ends, strict=True))


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _in_force(usage: pl.DataFrame, own: Book) -> pl.Series:
    """Whether an own price holds for each row: it may leave a usage unpriced, and the list then does not step in."""
    probe = usage.select("provider", "model", "service_tier", "at_us", *(["raw_model"] if "raw_model" in usage else []))
    one_token = [pl.lit(1, pl.Int64).alias(name) for name in ("input_tokens", "output_tokens")]
    return appraise(probe.with_columns(*one_token), own, named)["price_nano"].is_not_null()


def _discounted(usage: pl.DataFrame, prices: pl.Series, discounts: pl.DataFrame | None) -> pl.Series:
    if discounts is None:
        return prices
    asked = usage.select("provider", "model", "at_us", price=prices).with_row_index("row")
    found = (
        asked.join(discounts, on="provider", suffix="_off")
        .filter(
            (pl.col("model_off") == "") | (pl.col("model_off") == pl.col("model")),
            pl.col("at_us").is_between("from_us", "until_us", closed="left"),
        )
        .sort("row", pl.col("model_off") == "")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "ppm")
    )
    both = asked.join(found, on="row", how="left", maintain_order="left")
    off = divide_half_even(pl.col("price").cast(pl.Int128) * pl.col("ppm"), pl.lit(LIST_PPM))
    return both.select(pl.when(pl.col("ppm").is_null()).then("price").otherwise(off))["price"]
