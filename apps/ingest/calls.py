"""Spans and callback rows of one call of LiteLLM are one request, whichever comes first.

Spans stand and take from the rows what spans leave out; where spans fall short and rows do not, the rows stand (`whose`).
Requests of the other side are not stored, nor those that a file brought. `ingest_callunit` says under which units a call is
stored, and of spans whether they fall short; each side has the other derived once more when it finds it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, connections

from apps.ingest.adapters.litellm_callback import CALL_ID
from apps.ingest.adapters.litellm_callback.enrich import enrich
from apps.ingest.derive import Told, Unit, derive
from apps.ingest.ledger import Post
from apps.ingest.models import Import
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner
from apps.ingest.spans import SpanFact
from apps.ingest.stored_facts import facts_of_traces
from apps.ingest.whose import Place, rivals, rows_stand, shortcomings, spans_stand
from apps.traces.models import StaleTrace

Found = dict[str, list[Told]]
Facts = Mapping[str, list[SpanFact]]
Days = Mapping[str, date]
"""By call."""
Places = dict[str, set[Place]]
EPOCH = date(1970, 1, 1)
DAY_NS = 86_400 * 1_000_000_000
INSERT = (
    "INSERT INTO ingest_callunit (organization_id, deployment_id, call_id, unit, day) SELECT %s, %s, call_id, unit, day "
    "FROM unnest(%s::text[], %s::text[], %s::date[]) n (call_id, unit, day) ON CONFLICT DO NOTHING"
)


def note(post: Post, rows: Sequence[SpanFact]) -> None:
    """That these rows came; in the transaction that stores them, as the ingest role."""
    noted = sorted({(row.attributes[CALL_ID], row.trace_id, _day(row)) for row in rows})
    if noted:
        with connections["ingest"].cursor() as cursor:
            cursor.execute(INSERT, [*post.owner, *map(list, zip(*noted, strict=True))])


class Joined(NamedTuple):
    """Times of requests of files that had to go, and how many other units are now stale."""

    times: set[datetime]
    marked: int


def join(found: Found, facts: Facts, owner: Owner, *, now: datetime) -> Joined:
    """Change what was derived of units to what is to be stored."""
    own = {unit: days for unit in found if (days := _days_of(facts.get(unit, ())))}
    if not own:
        return Joined(set(), 0)
    spans = {unit: days for unit, days in own.items() if found[unit] and not Unit(unit).is_of_rows}
    new = _note_spans(found, spans, owner)
    places = _places_of({call for days in own.values() for call in days}, owner)
    _join_rows(found, spans, facts, places, owner)
    again = {(where.unit, where.day) for call in new for where in places[call] if where.is_of_rows}
    for unit in [unit for unit in own if Unit(unit).is_of_rows]:
        found[unit] = [told for told in found[unit] if rows_stand(told, places)]
        again |= {(where.unit, where.day) for call in own[unit] for where in places[call] if not where.is_of_rows}
    again = {(unit, day) for unit, day in again if unit not in own}
    _mark(again, owner, now)
    return Joined(_take_files_away(new, owner) if new else set(), len(again))


def known(call_ids: Iterable[str], owner: Owner) -> set[str]:
    """Those of these calls that came as spans or rows; as the worker."""
    return {call for call, places in _places_of(set(call_ids), owner).items() if places}


def _day(fact: SpanFact) -> date:
    return _day_of(fact.started_ns // DAY_NS)


@lru_cache(maxsize=1_024)
def _day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _days_of(facts: Iterable[SpanFact]) -> dict[str, date]:
    """By call."""
    return {call: _day(fact) for fact in facts if (call := fact.attributes.get(CALL_ID)) is not None}


def _note_spans(found: Found, spans: Mapping[str, Days], owner: Owner) -> dict[str, date]:
    """Calls of which spans are not known to tell, or not as they do now."""
    noted: list[tuple[str, str, date, str | None]] = []
    gone: list[tuple[str, str]] = []
    for unit, days in spans.items():
        short = shortcomings(found[unit])
        # Facts around an hour of a lane are of the hour beside it.
        told = set().union(*(one.calls for one in found[unit])) if Unit(unit).lane else days.keys()
        noted += [
            (c, unit, day, " ".join(sorted(short[c])) if c in short else None) for c, day in days.items() if c in told
        ]
        gone += [(call, unit) for call in days if call not in told]
    changed: dict[str, date] = {}
    for question, rows in (("note_calls", noted), ("forget_calls", gone)):
        if rows:
            names = ("calls", "units", "days", "short")
            values: dict[str, Any] = {
                **place(owner),
                **dict(zip(names, map(list, zip(*sorted(rows), strict=True)), strict=False)),
            }
            with connection.cursor() as cursor:
                cursor.execute(sql(question), values)
                changed.update(cursor.fetchall())
    return changed


def _places_of(call_ids: set[str], owner: Owner) -> Places:
    found: Places = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(sql("units_of_calls"), {**place(owner), "calls": list(call_ids)})
        for call_id, unit, day, short in cursor.fetchall():
            found[call_id].add(Place(unit, day, None if short is None else frozenset(short)))
    return found


def _join_rows(found: Found, spans: Mapping[str, Days], facts: Facts, places: Places, owner: Owner) -> None:
    """Requests of spans get what rows know, and those go for which a request of rows stands."""
    of_rows = _rows_of(spans, facts, places, owner)
    if not of_rows:
        return
    rows = [row for facts_of_unit in of_rows.values() for row in facts_of_unit]
    told = [one for unit, facts_of_unit in of_rows.items() for one in derive(Unit(unit), facts_of_unit)]
    for unit, days in spans.items():
        own = [row for row in rows if row.attributes[CALL_ID] in days]
        richer = enrich([one.request for one in found[unit]], own) if own else [one.request for one in found[unit]]
        found[unit] = [replace(one, request=request) for one, request in zip(found[unit], richer, strict=True)]
    more = {
        c for unit in spans for one in found[unit] for rival in rivals(one, told) for c in rival.calls
    } - places.keys()
    whole = {**places, **_places_of(more, owner)} if more else places
    for unit in spans:
        found[unit] = [one for one in found[unit] if spans_stand(one, told, whole)]


def _rows_of(spans: Mapping[str, Days], facts: Facts, places: Places, owner: Owner) -> dict[str, list[SpanFact]]:
    """By unit, of all units with rows of these calls."""
    units = {where for days in spans.values() for call in days for where in places.get(call, ()) if where.is_of_rows}
    found = {where.unit: facts[where.unit] for where in units if where.unit in facts}
    absent = {where for where in units if where.unit not in facts}
    if absent:
        days = {where.day + timedelta(days=n) for where in absent for n in (-1, 0, 1)}
        for fact in facts_of_traces(sorted({where.unit for where in absent}), sorted(days), owner):
            found.setdefault(fact.trace_id, []).append(fact)
    return found


def _mark(units: set[tuple[str, date]], owner: Owner, now: datetime) -> None:
    StaleTrace.objects.bulk_create(
        StaleTrace(
            organization_id=owner.organization_id,
            deployment_id=owner.deployment_id,
            trace_id=unit,
            day=day,
            marked_at=now,
        )
        for unit, day in sorted(units)
    )


def _take_files_away(calls: Mapping[str, date], owner: Owner) -> set[datetime]:
    if not Import.objects.filter(**owner._asdict()).exists():
        return set()
    days = {day + timedelta(days=n) for day in calls.values() for n in (-1, 0, 1)}
    values: dict[str, Any] = {
        **place(owner),
        "calls": sorted(calls),
        "days": sorted(days),
        "first": min(days),
        "last": max(days),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql("delete_of_files"), values)
        return {received_at for (received_at,) in cursor.fetchall()}
