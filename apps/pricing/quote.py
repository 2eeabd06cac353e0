"""What usages cost on their models by a price book, many at once and exactly.

`usage` is a frame with the columns of an attempt: provider, model, service_tier (strings), at_us (start of the attempt,
microseconds since 1970), input_tokens, cache_read_input_tokens, cache_write_input_tokens, cache_write_1h_input_tokens,
output_tokens (integers), and where there are such: raw_model (the model as it was asked for, which decides between dated
releases), reasoning_output_tokens, other_units (JSON {unit: count}).

Exactly: sums of tokens x rate are 128-bit integers, rounded once, half-even, to a nano-dollar. Null where the list has no
price for the model at that moment, where tokens that cost something are not known, or where a unit was used that has no
price. Cached tokens that are not known are priced as uncached, and the price is then an upper bound.
"""

from typing import Protocol

import msgspec
import polars as pl

from apps.pricing.book import DAY_US, RATES, UNIT_SCALE, Book
from apps.pricing.names import canonical_name
from apps.pricing.price_row import units
from apps.pricing.resolve import find_listed

TOKENS = (
    "input_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "cache_write_1h_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)
_MODEL = ("provider", "ref", "service_tier")


class Finder(Protocol):
    """Which series of a book a provider, a model as it was asked for, and a tier mean."""

    def __call__(self, book: Book, provider: str | None, ref: str | None, tier: str | None) -> int | None: ...


def listed(book: Book, provider: str | None, ref: str | None, tier: str | None) -> int | None:
    """By the rules of the public list; a name it does not know may still be the one that a book uses itself."""
    found = find_listed(provider, ref)
    if found is not None:
        series = book.series_of(found.provider, found.model, "standard" if found.borrowed or tier is None else tier)
        if series is not None:
            return series
    name = canonical_name(provider, ref)
    known = (book.series_of(name.provider or "", one, tier or "standard") for one in (name.ref, name.model) if one)
    return next((series for series in known if series is not None), None)


def quote(usage: pl.DataFrame, book: Book) -> pl.Series:
    """Int64 nano-USD in the order of the rows, null where there is no price."""
    return appraise(usage, book)["price_nano"]


def appraise(usage: pl.DataFrame, book: Book, find: Finder = listed) -> pl.DataFrame:
    """Columns price_nano (Int64) and upper_bound (Boolean), one row each, in the order of `usage`."""
    if usage.is_empty():
        return pl.DataFrame(schema={"price_nano": pl.Int64, "upper_bound": pl.Boolean})
    asked = _asked(usage)
    inside = _inside(asked, book, find)
    priced = _prices(inside, _other_units(inside, usage, book))
    answers = asked.select("row").join(priced, on="row", how="left", maintain_order="left")
    return answers.select(
        "price_nano", pl.col("upper_bound").fill_null(value=False) & pl.col("price_nano").is_not_null()
    )


def rates(usage: pl.DataFrame, book: Book, find: Finder = listed) -> pl.DataFrame:
    """What tokens cost where each usage is asked for: its place (`row`), RATES and request_nano; no row without a price.

    Of what is used beside tokens these rates tell nothing.
    """
    inside = _inside(_asked(usage), book, find)
    return inside.filter("by_tokens").select("row", *RATES, "request_nano")


def steps(book: Book) -> tuple[list[int], list[int], list[int]]:
    """Where prices may change: instants, times of the day (both microseconds), and numbers of input tokens, in order."""
    boxes = book.boxes
    instants = pl.concat([boxes["effective_from_us"], boxes["effective_until_us"]])
    daily = pl.concat([boxes["daily_from_us"], boxes["daily_until_us"]])
    inputs = pl.concat([boxes["input_from"], boxes["input_until"]])
    at, of_day, of_input = (sorted(values.unique().to_list()) for values in (instants, daily, inputs))
    return at, of_day, of_input


def _inside(asked: pl.DataFrame, book: Book, find: Finder = listed) -> pl.DataFrame:
    """Usages with the box of the book that each lies in."""
    boxed = asked.join(_series(asked, book, find), on=_MODEL, nulls_equal=True).join(
        _live_boxes(asked, book), on="series"
    )
    return boxed.filter(
        _within("at_us", "effective"),
        (pl.col("at_us") % DAY_US).is_between("daily_from_us", "daily_until_us", closed="left"),
        _total_input().is_between("input_from", "input_until", closed="left"),
    )


def _asked(usage: pl.DataFrame) -> pl.DataFrame:
    """The columns that matter, with the name that prices are looked up by."""
    ref = pl.coalesce("raw_model", "model") if "raw_model" in usage.columns else pl.col("model")
    tokens = [_column(usage, name) for name in TOKENS]
    numbered = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    return usage.select(numbered, "provider", ref.alias("ref"), "service_tier", "at_us", *tokens)


def _column(usage: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Int64) if name in usage.columns else pl.lit(None, pl.Int64).alias(name)


def _series(asked: pl.DataFrame, book: Book, find: Finder) -> pl.DataFrame:
    """Each distinct model asked for, with its series in the book; those without one fall out."""
    rows = []
    for provider, ref, tier in asked.select(_MODEL).unique().iter_rows():
        series = find(book, provider, ref, tier)
        if series is not None:
            rows.append((provider, ref, tier, series))
    schema = {**dict.fromkeys(_MODEL, pl.String), "series": pl.UInt32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _live_boxes(asked: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Boxes that hold at some time within the frame: mostly one a series, so that the join does not grow."""
    first, last = pl.lit(asked["at_us"].min(), pl.Int64), pl.lit(asked["at_us"].max(), pl.Int64)
    return book.boxes.filter(pl.col("effective_from_us") <= last, pl.col("effective_until_us") > first)


def _within(instant: str, interval: str) -> pl.Expr:
    return (pl.col(instant) >= pl.col(f"{interval}_from_us")) & (pl.col(instant) < pl.col(f"{interval}_until_us"))


def _known(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0)


def _cached() -> pl.Expr:
    """Input read from or written to a cache."""
    return pl.sum_horizontal(_known(name) for name in TOKENS[1:4])


def _total_input() -> pl.Expr:
    """The whole input, which decides the tier: never less than its cached part, whatever the sender says."""
    return pl.max_horizontal(_known("input_tokens"), _cached())


def _tokens_scaled() -> pl.Expr:
    """Sum of tokens x rate, in nano-USD / 1,000,000."""
    reasoning = pl.min_horizontal(_known("reasoning_output_tokens"), _known("output_tokens"))
    counts = (
        _total_input() - _cached(),
        *(_known(name) for name in TOKENS[1:4]),
        _known("output_tokens") - reasoning,
        reasoning,
    )
    return sum(
        (count.cast(pl.Int128) * pl.col(rate) for count, rate in zip(counts, RATES, strict=True)),
        start=pl.col("request_nano").cast(pl.Int128) * 1_000_000,
    )


def _prices(inside: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """By row: tokens and other units together, rounded half-even once; null where it is not known.

    Step by step, since an expression of 128-bit integers that is written out whole takes longer to plan than to compute.
    """
    told = inside.join(units, on="row", how="left").with_columns(_scaled=_tokens_scaled())
    if units.is_empty():
        exact = _divided(told, 1_000_000)
    else:
        both = pl.col("_scaled") * (UNIT_SCALE // 1_000_000) + pl.col("units_scaled").fill_null(0)
        exact = _divided(told.with_columns(_scaled=pl.max_horizontal(both, 0)), UNIT_SCALE)
    known = pl.when(_is_known()).then(exact).cast(pl.Int64)
    return told.select("row", price_nano=known, upper_bound=_is_upper_bound())


def _divided(dividends: pl.DataFrame, divisor: int) -> pl.Series:
    """`_scaled`, integers not negative, divided and rounded half-even."""
    by = pl.lit(divisor, dtype=pl.Int128)
    parts = dividends.select(quotient=pl.col("_scaled") // by, twice_rest=pl.col("_scaled") % by * 2)
    is_up = (pl.col("twice_rest") > by) | ((pl.col("twice_rest") == by) & (pl.col("quotient") % 2 == 1))
    return parts.select(pl.col("quotient") + is_up.cast(pl.Int128)).to_series()


def _is_known() -> pl.Expr:
    """Tokens that cost something are counted; what has other units only has some; no unit is without a price."""
    costs_input = pl.any_horizontal(*(pl.col(rate) > 0 for rate in RATES[:4]))
    costs_output = pl.col(RATES[4]) > 0
    return (
        (pl.col("input_tokens").is_not_null() | ~costs_input)
        & (pl.col("output_tokens").is_not_null() | ~costs_output)
        & (pl.col("by_tokens") | ~pl.col("by_units") | pl.col("units_used").fill_null(value=False))
        & ~pl.col("units_unpriced").fill_null(value=False)
    )


def _is_upper_bound() -> pl.Expr:
    """Cached tokens would have been cheaper, had they been told."""
    cheaper = pl.col("cache_read_nano_per_mtok") < pl.col("input_nano_per_mtok")
    return pl.col("cache_read_input_tokens").is_null() & (_known("input_tokens") > 0) & cheaper


def _other_units(inside: pl.DataFrame, usage: pl.DataFrame, book: Book) -> pl.DataFrame:
    """By row: units_scaled (nano-USD / UNIT_SCALE), units_used (a priced one was), units_unpriced (one has no price)."""
    return (
        _counted(inside, usage)
        .join(book.units, on=("box", "unit"), how="left")
        .group_by("row")
        .agg(
            units_scaled=(pl.col("count").cast(pl.Int128) * pl.col("scaled").fill_null(0)).sum(),
            units_used=pl.col("scaled").is_not_null().any(),
            units_unpriced=(pl.col("scaled").is_null() & ~pl.col("unit").is_in(_PARTS_OF_TOKENS)).any(),
        )
    )


def _counted(inside: pl.DataFrame, usage: pl.DataFrame) -> pl.DataFrame:
    """One row for each unit used at all: row, box, unit, count."""
    schema = {"row": pl.UInt32, "box": pl.UInt32, "unit": pl.String, "count": pl.Int64}
    if "other_units" not in usage.columns:
        return pl.DataFrame(schema=schema)
    told = usage.select("other_units").with_row_index("row").drop_nulls().join(inside.select("row", "box"), on="row")
    rows = [
        (row, box, unit, count)
        for row, text, box in told.select("row", "other_units", "box").iter_rows()
        for unit, count in msgspec.json.decode(text, type=dict[str, int]).items()
        if count > 0
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


_PARTS_OF_TOKENS = [name for name, unit in units().units.items() if unit.dimensions.get("family") == "tokens"]
"""Kinds of tokens: without a rate of their own they are paid as the input or output they are part of."""
