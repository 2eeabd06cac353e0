"""What models cost a token at given instants, for arithmetic over many usages of few models.

`quote` prices a usage on its own model; who has to price each of a million usages on each of twenty models multiplies
their tokens by these rates instead, which are as many as models, days and bands.
"""

import polars as pl

from apps.pricing.book import DAY_US, RATES, Book
from apps.pricing.quote import MODEL, Finder, listed, series_of

BANDS = ("daily_from_us", "daily_until_us", "input_from", "input_until")


def rates_on(models: pl.DataFrame, days: pl.Series, book: Book, find: Finder = listed) -> pl.DataFrame:
    """Rates of `models` (provider, ref, service_tier: strings, ref as it is asked for) on `days` (dates, UTC).

    A row for each model, day and band in which a price holds: columns provider, ref, service_tier, day, at_us and until_us
    (from when to when of this day, in microseconds since 1970), daily_from_us, daily_until_us (of the UTC day), input_from,
    input_until (tokens), `book.RATES` in nano-USD per million tokens, the gaps filled as `Book` does, request_nano, and
    linear: whether tokens and requests are all that it charges for. A model without a price on a day has no row there.
    """
    beginning = pl.col("day").cast(pl.Datetime("us")).cast(pl.Int64)
    dates = days.unique().sort().alias("day").to_frame().with_columns(_begins=beginning, _ends=beginning + DAY_US)
    known = series_of(models, book, find).join(book.boxes, on="series")
    held = known.join(dates, how="cross").filter(
        pl.col("effective_from_us") < pl.col("_ends"), pl.col("effective_until_us") > pl.col("_begins")
    )
    return held.select(
        *MODEL,
        "day",
        pl.max_horizontal("effective_from_us", "_begins").alias("at_us"),
        pl.min_horizontal("effective_until_us", "_ends").alias("until_us"),
        *BANDS,
        *RATES,
        "request_nano",
        linear=~pl.col("by_units"),
    ).sort(*MODEL, "at_us", *BANDS)
