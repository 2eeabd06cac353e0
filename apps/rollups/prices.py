"""The prices that cells are computed with, also before any list was imported: then everything is unpriced."""

from dataclasses import dataclass

from apps.pricing.book import PRICES, Book
from apps.pricing.load import NoPricesError, current_edition, load_book
from apps.pricing.load_terms import load_terms
from apps.pricing.terms import NO_TERMS, Terms


@dataclass(frozen=True)
class Prices:
    """The public list, and what the tenant itself pays."""

    book: Book
    terms: Terms = NO_TERMS


def edition() -> int:
    """Which state of the book is in force; 0 before any list was imported."""
    try:
        return current_edition()
    except NoPricesError:
        return 0


def book_or_empty(*, edition: int | None = None) -> Book:
    """`edition`: the newest, if already read."""
    try:
        return load_book(edition=edition)
    except NoPricesError:
        return Book.of(PRICES.to_frame())


def prices_of(organization_id: int) -> Prices:
    """Needs the organization to be open. One statement, of a process that knows the book."""
    terms, newest = load_terms(organization_id)
    return Prices(book_or_empty(edition=newest), terms)
