"""Take the price list of the installed package into the database, once per version of it.

A list adds what it says anew: an edition for each model and tier of which it says something else than the list before it,
in force from when that begins. What was priced stays priced as it was, and what is hard to believe waits.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from apps.pricing import changes, load
from apps.pricing.models import Edition, PriceList, Proposal
from apps.pricing.price_row import PriceRow
from apps.pricing.unfold import SOURCE, packaged_prices, packaged_version

_COLUMNS = tuple(field.name for field in fields(PriceRow))
_Series = tuple[str, str, str]


@dataclass(frozen=True)
class Imported:
    """`added` is 0 when the list of this version was there; `changed` and `waiting` count models and tiers."""

    source: str
    version: str
    added: int
    changed: int = 0
    waiting: int = 0


class PricesDifferError(Exception):
    """A list of this version is there, and says something else: a version never changes, so one of them is wrong."""


def import_prices(*, now: datetime) -> Imported:
    """Add the installed package's list unless it is there; whoever does the same meanwhile waits and finds it."""
    return add_list(source=SOURCE, version=packaged_version(), rows=packaged_prices(), now=now)


@transaction.atomic
def add_list(*, source: str, version: str, rows: Sequence[PriceRow], now: datetime) -> Imported:
    """Append a list with its prices, and editions of what it changes; `now` is when its prices were seen."""
    digest = hashlib.sha256(repr([astuple(row) for row in rows]).encode()).digest()
    price_list, created = PriceList.objects.get_or_create(
        source=source, version=version, defaults={"digest": digest, "imported_at": now}
    )
    if not created:
        if bytes(price_list.digest) != digest:
            raise PricesDifferError(f"{price_list} was imported with other prices than the installed package holds")
        return Imported(source, version, 0)
    _copy(price_list.pk, rows)
    before = PriceList.objects.filter(source=source, pk__lt=price_list.pk).order_by("-pk").first()
    found = _all_new(rows) if before is None else _changed(before, rows, now)
    return Imported(source, version, len(rows), *_record(price_list, found, now))


def _copy(price_list_id: int, rows: Sequence[PriceRow]) -> None:
    columns = ", ".join(("price_list_id", *_COLUMNS))
    with connection.cursor() as cursor, cursor.copy(f"COPY pricing_price ({columns}) FROM STDIN") as copy:
        for row in rows:
            *facts, other_units = astuple(row)
            copy.write_row((price_list_id, *facts, Jsonb(other_units)))


def _all_new(rows: Sequence[PriceRow]) -> dict[_Series, changes.Change]:
    """The first list of a source is what one starts from."""
    return dict.fromkeys(_by_series(rows), changes.Change(None, ""))


def _changed(before: PriceList, rows: Sequence[PriceRow], now: datetime) -> dict[_Series, changes.Change]:
    """What the list says otherwise than the one before it, and than what is in force; also withdraws what waits no more."""
    said_before = _by_series(load.rows_of(before.pk))
    said = {series: some for series, some in _by_series(rows).items() if some != said_before.get(series)}
    if not said:
        return {}
    _withdraw(before.source, said, now)
    in_force = _by_series(load.rows_in_force(source=before.source))
    known = {(provider, model) for provider, model, _ in in_force}
    observed = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found: dict[_Series, changes.Change] = {}
    for series, some in said.items():
        if series[:2] not in known:
            found[series] = changes.first_of(some)
        elif change := changes.change(in_force.get(series) or in_force[_standard(series)], some, observed=observed):
            found[series] = change
    return found


def _standard(series: _Series) -> _Series:
    return (series[0], series[1], "standard")


def _by_series(rows: Iterable[PriceRow]) -> dict[_Series, list[PriceRow]]:
    found: dict[_Series, list[PriceRow]] = {}
    for row in rows:
        found.setdefault((row.provider, row.model, row.service_tier), []).append(row)
    return found


def _withdraw(source: str, said: Iterable[_Series], now: datetime) -> None:
    """What waits and is said otherwise now needs no decision any more."""
    stale = [
        one.pk
        for one in Proposal.objects.filter(price_list__source=source, accepted=None)
        if (one.provider, one.model, one.service_tier) in set(said)
    ]
    Proposal.objects.filter(pk__in=stale).update(
        accepted=False, decided_at=now, decided_by="a newer list", note="a newer list says otherwise"
    )


def _record(price_list: PriceList, found: Mapping[_Series, changes.Change], now: datetime) -> tuple[int, int]:
    """How many are in force, and how many wait."""
    editions, proposals = [], []
    for (provider, model, tier), one in found.items():
        place = {"price_list": price_list, "provider": provider, "model": model, "service_tier": tier}
        if one.doubt:
            reason = {"reason": one.doubt, "proposed_at": now}
            proposals.append(Proposal(**place, in_force_from=one.in_force_from, **reason))
        else:
            editions.append(Edition(**place, in_force_from=one.in_force_from, recorded_at=now))
    Edition.objects.bulk_create(editions)
    Proposal.objects.bulk_create(proposals)
    return len(editions), len(proposals)
