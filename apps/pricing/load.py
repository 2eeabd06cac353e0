"""Read the price book from the database."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.db import connection
from django.db.models import Max
from psycopg import sql

from apps.pricing.book import Book, frame_prices
from apps.pricing.models import Edition, Price, PriceList
from apps.pricing.price_row import PriceRow
from apps.pricing.unfold import SOURCE

SQL = Path(__file__).parent / "sql"
_FACTS = tuple(PriceRow.__dataclass_fields__)


class NoPricesError(Exception):
    """No price list was imported: `manage.py prices import`."""


def current_list(*, source: str = SOURCE) -> PriceList:
    """The source's list that was imported last."""
    latest = PriceList.objects.filter(source=source).order_by("-pk").first()
    if latest is None:
        raise NoPricesError(f"no price list of {source} yet: run `manage.py prices import`")
    return latest


def current_edition(*, source: str = SOURCE) -> int:
    """The newest edition in force, which names the state of the whole book."""
    newest: int | None = Edition.objects.filter(price_list__source=source).aggregate(newest=Max("pk"))["newest"]
    if newest is None:
        raise NoPricesError(f"no price list of {source} yet: run `manage.py prices import`")
    return newest


def load_book(*, source: str = SOURCE, edition: int | None = None) -> Book:
    """Everything in force, each price in its interval. Editions do not change, so that a process reads each state once.
    `edition`: the newest, if already read.
    """
    return _book_of(source, current_edition(source=source) if edition is None else edition)


def load_history(*, source: str = SOURCE) -> pl.DataFrame:
    """The prices that the book is made of, and the edition that each is from."""
    return _history_of(source, current_edition(source=source))


def load_book_and_history(*, source: str = SOURCE, edition: int | None = None) -> tuple[Book, pl.DataFrame]:
    """Both of one state of the book, which is looked up once, if it was not read already."""
    known = current_edition(source=source) if edition is None else edition
    return _book_of(source, known), _history_of(source, known)


def load_prices(price_list_id: int) -> pl.DataFrame:
    """The prices of one list as a frame of `PRICES`."""
    return frame_prices(rows_of(price_list_id))


def rows_of(price_list_id: int) -> list[PriceRow]:
    """What one list says, in its order."""
    rows = Price.objects.filter(price_list_id=price_list_id).order_by("pk").values_list(*_FACTS)
    return [PriceRow(*row) for row in rows]


def rows_in_force(*, source: str) -> list[PriceRow]:
    """Every price of a source in the interval in which it is in force."""
    return [row for row, _ in _in_force(source)]


def _in_force(source: str) -> Iterator[tuple[PriceRow, int]]:
    def listed(parts: list[str]) -> sql.SQL:
        return sql.SQL(", ".join(parts))

    query = sql.SQL((SQL / "prices_in_force.sql").read_text()).format(
        facts=listed([f"p.{name}" for name in _FACTS]),
        facts_of_tier=listed(["f.service_tier" if name == "service_tier" else f"p.{name}" for name in _FACTS]),
        bounded_facts=listed([_bounded(name) for name in _FACTS]),
        columns=listed(list(_FACTS)),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"source": source})
        for row in cursor.fetchall():
            facts = dict(zip(_FACTS, row, strict=False))
            yield PriceRow(**facts | {"other_units": json.loads(facts["other_units"])}), row[-1]


def _bounded(name: str) -> str:
    bound = {
        "effective_from": "greatest(effective_from, in_force_from)",
        "effective_until": "least(effective_until, in_force_until)",
    }.get(name)
    return name if bound is None else f"{bound} AS {name}"


@lru_cache(maxsize=2)
def _book_of(source: str, edition: int) -> Book:
    return Book.of(_history_of(source, edition))


@lru_cache(maxsize=2)
def _history_of(source: str, edition: int) -> pl.DataFrame:  # noqa: ARG001
    """`edition` names the state that is cached."""
    found = list(_in_force(source))
    editions = pl.Series("edition", [one for _, one in found], dtype=pl.Int64)
    return frame_prices(row for row, _ in found).with_columns(editions)
