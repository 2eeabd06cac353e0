"""Span facts of units, from the store; under the walls, as the worker."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from django.db import connection

from apps.ingest.derive import Unit
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner
from apps.ingest.spans import Event, SpanFact

MOST_FACTS = 200_000
AROUND = timedelta(days=1)
"""A trace may go on past midnight."""
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_events = msgspec.json.Decoder(list[Event]).decode


@dataclass(frozen=True)
class Stale:
    """A unit to derive, the days its spans are filed under, and exactly the marks that say so."""

    unit: Unit
    first: date
    last: date
    marks: Sequence[int]

    @property
    def days(self) -> list[date]:
        """On which there may be spans or requests of it."""
        begin, end = self.first - AROUND, self.last + AROUND
        return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def stale_units(owner: Owner, *, marks: int) -> list[Stale]:
    """Those of the oldest `marks` marks."""
    with connection.cursor() as cursor:
        cursor.execute(sql("stale_units"), {**place(owner), "marks": marks})
        return [Stale(Unit(key), first, last, found) for key, first, last, found in cursor.fetchall()]


def days_of(stale: Iterable[Stale]) -> list[date]:
    stretches = {(one.first, one.last): one for one in stale}
    return sorted({day for one in stretches.values() for day in one.days})


def facts_of(stale: Sequence[Stale], owner: Owner) -> dict[str, list[SpanFact]]:
    """By unit."""
    found: dict[str, list[SpanFact]] = defaultdict(list)
    traces = [one for one in stale if one.unit.lane is None]
    if traces:
        for fact in facts_of_traces([one.unit.key for one in traces], days_of(traces), owner):
            found[fact.trace_id].append(fact)
    for one in stale:
        if one.unit.lane is not None:
            begin, end = one.unit.facts_within
            edges = {"begin": int(begin.timestamp()) * 10**9, "end": int(end.timestamp()) * 10**9}
            values = {**edges, "days": sorted({begin.date(), end.date()}), "lane": one.unit.lane}
            found[one.unit.key] = _ask("facts_of_lane", owner, values)
    return found


def facts_of_traces(traces: Sequence[str], days: Sequence[date], owner: Owner) -> list[SpanFact]:
    return _ask("facts_of_traces", owner, {"days": list(days), "traces": list(traces)})


def _ask(question: str, owner: Owner, values: dict[str, Any]) -> list[SpanFact]:
    with connection.cursor() as cursor:
        cursor.execute(sql(question), {**place(owner), "most": MOST_FACTS, **values})
        # The questions ask in the order of the fields. Django leaves jsonb as text in a query written by hand.
        return [_fact(row) for row in cursor.fetchall()]


def _fact(row: tuple[Any, ...]) -> SpanFact:
    *own, said, events, lane = row
    told: tuple[Any, ...] = (
        *own,
        _decode(said) if said != "{}" else {},
        _events(events) if events != "[]" else [],
        lane,
    )
    return SpanFact(*told)
