"""Raw rows with their prices, evaluated: the place where the price book and the arithmetic meet."""

import polars as pl

from apps.costing.attempts import classify, planned_usage, unknown_usage
from apps.costing.evaluate import Evaluated, evaluate
from apps.pricing.book import Book
from apps.pricing.quote import appraise, quote
from apps.rollups.choices import choices
from apps.rollups.raw import Raw


def evaluated(raw: Raw, book: Book) -> Evaluated:
    """Every request and attempt with its figures. The tenant's prices are the published ones until it declares others."""
    classified = classify(raw.requests, raw.attempts)
    prices = appraise(classified, book)
    priced = classified.with_columns(
        list_nano=prices["price_nano"],
        published_nano=prices["price_nano"],
        price_is_upper_bound=prices["upper_bound"],
    )
    planned = _asked(priced, planned_usage(raw.requests, priced), book)
    return evaluate(
        choices(raw.requests, classified, raw.evidence, own=book, published=book),
        priced.with_columns(
            planned_list_nano=planned,
            planned_published_nano=planned,
            input_upper_nano=_asked(priced, unknown_usage(priced), book),
        ),
    )


def _asked(attempts: pl.DataFrame, questions: pl.DataFrame, book: Book) -> pl.Series:
    """Answers of the book in the places (`position`) that the questions came from, null elsewhere."""
    places = pl.DataFrame({"position": pl.int_range(attempts.height, dtype=pl.UInt32, eager=True)})
    if questions.is_empty():
        return pl.repeat(None, attempts.height, dtype=pl.Int64, eager=True)
    answers = questions.select("position").with_columns(nano=quote(questions, book))
    return places.join(answers, on="position", how="left", maintain_order="left")["nano"]
