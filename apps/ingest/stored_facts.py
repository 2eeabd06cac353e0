"""Span facts of one unit, from the store; under the walls, as the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from django.db import connection

from apps.ingest.derive import Unit
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner
from apps.ingest.spans import SpanFact

MOST_FACTS = 100_000
AROUND = timedelta(days=1)
"""A trace may go on past midnight."""


@dataclass(frozen=True)
class Stale:
    """A unit to derive, the days its spans are filed under, and exactly the marks that say so."""

    unit: Unit
    first: date
    last: date
    marks: Sequence[int]


def stale_units(owner: Owner, *, marks: int) -> list[Stale]:
    """Those of the oldest `marks` marks."""
    with connection.cursor() as cursor:
        cursor.execute(sql("stale_units"), {**place(owner), "marks": marks})
        return [Stale(Unit(key), first, last, found) for key, first, last, found in cursor.fetchall()]


def facts_of(stale: Stale, owner: Owner) -> list[SpanFact]:
    unit = stale.unit
    values: dict[str, Any] = {**place(owner), "most": MOST_FACTS}
    if unit.lane is None:
        values |= {"first": stale.first - AROUND, "last": stale.last + AROUND, "trace": unit.key}
    else:
        begin, end = unit.facts_within
        values |= {"first": begin.date(), "last": end.date(), "lane": unit.lane}
        values |= {"begin": int(begin.timestamp()) * 10**9, "end": int(end.timestamp()) * 10**9}
    with connection.cursor() as cursor:
        cursor.execute(sql("facts_of_trace" if unit.lane is None else "facts_of_lane"), values)
        names = [column.name for column in cursor.description]
        return [_fact(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _fact(row: dict[str, Any]) -> SpanFact:
    """Django leaves jsonb as text in a query written by hand."""
    for name in ("attributes", "events"):
        if isinstance(row[name], str):
            row[name] = msgspec.json.decode(row[name])
    return msgspec.convert(row, SpanFact)
