"""Take the price list of the installed package into the database, once per version of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from apps.pricing.models import PriceList
from apps.pricing.price_row import PriceRow
from apps.pricing.unfold import SOURCE, packaged_prices, packaged_version

_COLUMNS = tuple(field.name for field in fields(PriceRow))


@dataclass(frozen=True)
class Imported:
    """`added` is 0 when the list of this version was there."""

    source: str
    version: str
    added: int


class PricesDifferError(Exception):
    """A list of this version is there, and says something else: a version never changes, so one of them is wrong."""


def import_prices(*, now: datetime) -> Imported:
    """Add the installed package's list unless it is there; whoever does the same meanwhile waits and finds it."""
    return add_list(source=SOURCE, version=packaged_version(), rows=packaged_prices(), now=now)


@transaction.atomic
def add_list(*, source: str, version: str, rows: Sequence[PriceRow], now: datetime) -> Imported:
    """Append a list with its prices."""
    digest = hashlib.sha256(repr([astuple(row) for row in rows]).encode()).digest()
    price_list, created = PriceList.objects.get_or_create(
        source=source, version=version, defaults={"digest": digest, "imported_at": now}
    )
    if not created:
        if bytes(price_list.digest) != digest:
            raise PricesDifferError(f"{price_list} was imported with other prices than the installed package holds")
        return Imported(source, version, 0)
    _copy(price_list.pk, rows)
    return Imported(source, version, len(rows))


def _copy(price_list_id: int, rows: Sequence[PriceRow]) -> None:
    columns = ", ".join(("price_list_id", *_COLUMNS))
    with connection.cursor() as cursor, cursor.copy(f"COPY pricing_price ({columns}) FROM STDIN") as copy:
        for row in rows:
            *facts, other_units = astuple(row)
            copy.write_row((price_list_id, *facts, Jsonb(other_units)))
