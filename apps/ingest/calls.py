"""Spans and callback rows of one call of LiteLLM are one request, whichever comes first.

Spans tell more (every attempt, the overhead of routing), so their requests stand and take from the rows what spans leave
out; requests of rows whose calls are in spans are not stored, nor are those that a file brought. `ingest_callunit` says
under which units a call is stored; each side has the other derived once more when it finds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, connections

from apps.ingest.adapters.litellm_callback import CALL_ID, UNIT
from apps.ingest.adapters.litellm_callback.derive import derive as derive_rows
from apps.ingest.adapters.litellm_callback.enrich import enrich
from apps.ingest.ledger import Post
from apps.ingest.models import Import
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner
from apps.ingest.spans import SpanFact
from apps.ingest.stored_facts import facts_of_traces
from apps.traces.models import StaleTrace
from apps.traces.nouns import Request

Found = dict[str, list[Request]]
Facts = Mapping[str, list[SpanFact]]
Units = dict[str, set[tuple[str, date]]]
"""By call: the units in which it is stored, each with the day of the call."""
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
    spans = {unit: days for unit, days in own.items() if found[unit] and not _is_of_rows(unit)}
    others = _units_of({call for days in own.values() for call in days}, owner)
    new = _note_spans(spans, others, owner)
    _enrich(found, spans, facts, others, owner)
    again = {(unit, day) for call in new for unit, day in others.get(call, ()) if _is_of_rows(unit)}
    for unit in filter(_is_of_rows, own):
        again |= _leave_to_spans(found, unit, facts[unit], others)
    again = {(unit, day) for unit, day in again if unit not in own}
    _mark(again, owner, now)
    return Joined(_take_files_away(new, owner) if new else set(), len(again))


def known(call_ids: Iterable[str], owner: Owner) -> set[str]:
    """Those of these calls that came as spans or rows; as the worker."""
    return set(_units_of(set(call_ids), owner))


def _is_of_rows(unit: str) -> bool:
    return unit.startswith(UNIT)


def _day(fact: SpanFact) -> date:
    return _day_of(fact.started_ns // DAY_NS)


@lru_cache(maxsize=1_024)
def _day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _days_of(facts: Iterable[SpanFact]) -> dict[str, date]:
    """By call."""
    return {call: _day(fact) for fact in facts if (call := fact.attributes.get(CALL_ID)) is not None}


def _note_spans(spans: Mapping[str, dict[str, date]], others: Units, owner: Owner) -> dict[str, date]:
    """Calls of which it was not known that spans tell of them."""
    noted = [
        (call, unit, day)
        for unit, days in spans.items()
        for call, day in days.items()
        if not any(unit == known for known, _ in others.get(call, ()))
    ]
    if noted:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [*owner, *map(list, zip(*noted, strict=True))])
    for call, unit, day in noted:
        others.setdefault(call, set()).add((unit, day))
    return {call: day for call, _, day in noted}


def _units_of(call_ids: set[str], owner: Owner) -> Units:
    found: Units = {}
    with connection.cursor() as cursor:
        cursor.execute(sql("units_of_calls"), {**place(owner), "calls": list(call_ids)})
        for call_id, unit, day in cursor.fetchall():
            found.setdefault(call_id, set()).add((unit, day))
    return found


def _enrich(found: Found, spans: Mapping[str, dict[str, date]], facts: Facts, others: Units, owner: Owner) -> None:
    units = {
        (name, day)
        for days in spans.values()
        for call in days
        for name, day in others.get(call, ())
        if _is_of_rows(name)
    }
    if not units:
        return
    absent = {(name, day) for name, day in units if name not in facts}
    rows = [row for name in {name for name, _ in units} for row in facts.get(name, ())] + _rows_of(absent, owner)
    for unit, days in spans.items():
        of_unit = [row for row in rows if row.attributes[CALL_ID] in days]
        if of_unit:
            found[unit] = enrich(found[unit], of_unit)


def _rows_of(units: set[tuple[str, date]], owner: Owner) -> list[SpanFact]:
    if not units:
        return []
    days = {day + timedelta(days=n) for _, day in units for n in (-1, 0, 1)}
    return facts_of_traces(sorted({name for name, _ in units}), sorted(days), owner)


def _leave_to_spans(found: Found, unit: str, rows: list[SpanFact], others: Units) -> set[tuple[str, date]]:
    """The units of spans that have calls of this one; its requests with such a call are theirs."""
    in_spans = {
        call: {(name, day) for name, day in others.get(call, ()) if not _is_of_rows(name)} for call in _days_of(rows)
    }
    theirs = {call for call, units in in_spans.items() if units}
    if theirs:
        found[unit] = [request for request, calls in derive_rows(rows, unit=unit) if not calls & theirs]
    return set().union(*in_spans.values())


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
