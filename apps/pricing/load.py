"""Read the price book from the database."""

from functools import lru_cache

import polars as pl

from apps.pricing.book import Book, frame_prices
from apps.pricing.models import Price, PriceList
from apps.pricing.price_row import PriceRow
from apps.pricing.unfold import SOURCE

_FACTS = tuple(PriceRow.__dataclass_fields__)


class NoPricesError(Exception):
    """No price list was imported: `manage.py prices import`."""


def current_list(*, source: str = SOURCE) -> PriceList:
    """The source's list that was imported last, which is the one to price by."""
    latest = PriceList.objects.filter(source=source).order_by("-pk").first()
    if latest is None:
        raise NoPricesError(f"no price list of {source} yet: run `manage.py prices import`")
    return latest


def load_book() -> Book:
    """The book of the current list. Lists do not change, so that a process reads each once."""
    return _book_of(current_list().pk)


def load_prices(price_list_id: int) -> pl.DataFrame:
    """The prices of a list as a frame of `PRICES`, to which another source's can be added before `Book.of`."""
    rows = Price.objects.filter(price_list_id=price_list_id).order_by("pk").values_list(*_FACTS)
    return frame_prices(PriceRow(*row) for row in rows)


@lru_cache(maxsize=2)
def _book_of(price_list_id: int) -> Book:
    return Book.of(load_prices(price_list_id))
