"""Raw rows with their prices, evaluated: the place where the price book and the arithmetic meet."""

import polars as pl

from apps.costing.attempts import classify, planned_usage, unknown_usage
from apps.costing.evaluate import Evaluated, evaluate
from apps.pricing.book import Book
from apps.pricing.quote import appraise
from apps.pricing.terms import NO_TERMS, Basis, Terms, own_price
from apps.rollups.choices import choices
from apps.rollups.raw import Raw


def evaluated(raw: Raw, book: Book, terms: Terms = NO_TERMS) -> Evaluated:
    """Every request and attempt with its figures. The tenant's terms move what it paid, the published figures never."""
    classified = classify(raw.requests, raw.attempts)
    published = appraise(classified, book)
    own = own_price(classified, published, terms)
    priced = classified.with_columns(
        list_nano=own["price_nano"],
        published_nano=published["price_nano"],
        price_is_upper_bound=own["upper_bound"],
    )
    planned = _asked(priced, planned_usage(raw.requests, priced), book, terms)
    unknown = _asked(priced, unknown_usage(priced), book, terms)
    lists = Basis(book)
    at_terms = lists if terms.none else Basis(book, terms)
    return evaluate(
        choices(raw.requests, classified, raw.evidence, own=at_terms, published=lists),
        priced.with_columns(
            planned_list_nano=planned["own"],
            planned_published_nano=planned["listed"],
            input_upper_nano=unknown["own"],
        ),
    )


def _asked(attempts: pl.DataFrame, questions: pl.DataFrame, book: Book, terms: Terms) -> pl.DataFrame:
    """Prices, `own` and `listed`, in the places (`position`) that the questions came from, null elsewhere."""
    if questions.is_empty():
        return pl.DataFrame(schema={"own": pl.Int64, "listed": pl.Int64}).clear(attempts.height)
    places = pl.DataFrame({"position": pl.int_range(attempts.height, dtype=pl.UInt32, eager=True)})
    listed = appraise(questions, book)
    own = own_price(questions, listed, terms)
    told = questions.select("position").with_columns(own=own["price_nano"], listed=listed["price_nano"])
    return places.join(told, on="position", how="left", maintain_order="left")
