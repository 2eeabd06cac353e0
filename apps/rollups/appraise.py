"""Raw rows with their prices, evaluated: the place where the price book and the arithmetic meet."""

import polars as pl

from apps.costing.attempts import classify, planned_usage, unknown_usage
from apps.costing.evaluate import Evaluated, evaluate
from apps.costing.frames import TOKENS
from apps.pricing.book import Book
from apps.pricing.quote import appraise
from apps.pricing.terms import NO_TERMS, Basis, Terms, own_price
from apps.rollups.choices import choices
from apps.rollups.raw import Raw

_NAMES = ("provider", "model", "raw_model", "service_tier", "at_us")
"""Beside tokens and other units, what a usage is priced by."""


def evaluated(raw: Raw, book: Book, terms: Terms = NO_TERMS) -> Evaluated:
    """Every request and attempt with its figures. The tenant's terms move what it paid, the published figures never."""
    classified = classify(raw.requests, raw.attempts)
    as_used, planned, unknown = _prices(
        classified, planned_usage(raw.requests, classified), unknown_usage(classified), book=book, terms=terms
    )
    lists = Basis(book)
    at_terms = lists if terms.none else Basis(book, terms)
    return evaluate(
        choices(raw.requests, classified, raw.evidence, own=at_terms, published=lists),
        classified.with_columns(
            list_nano=as_used["own"],
            published_nano=as_used["listed"],
            price_is_upper_bound=as_used["upper_bound"],
            planned_list_nano=planned["own"],
            planned_published_nano=planned["listed"],
            input_upper_nano=unknown["own"],
        ),
    )


def _prices(attempts: pl.DataFrame, *questions: pl.DataFrame, book: Book, terms: Terms) -> list[pl.DataFrame]:
    """Prices of the attempts and of each of the questions, `own` and `listed`, in the places (`position`) that these came
    from and null elsewhere. All are asked at once, since a small frame costs as much to price as a thousand rows."""
    columns = [name for name in (*_NAMES, *TOKENS, "other_units") if name in attempts.columns]
    usage = pl.concat([one.select(columns) for one in (attempts, *questions)])
    listed = appraise(usage, book)
    own = own_price(usage, listed, terms)
    told = pl.DataFrame([own["price_nano"].alias("own"), listed["price_nano"].alias("listed"), own["upper_bound"]])
    found, end = [told.head(attempts.height)], attempts.height
    for one in questions:
        found.append(_in_place(one["position"], told.slice(end, one.height), attempts.height))
        end += one.height
    return found


def _in_place(position: pl.Series, told: pl.DataFrame, height: int) -> pl.DataFrame:
    nothing = pl.repeat(None, height, dtype=pl.Int64, eager=True)
    return pl.DataFrame({name: nothing.clone().scatter(position, told[name]) for name in ("own", "listed")})
