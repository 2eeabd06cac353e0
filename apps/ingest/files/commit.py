"""Rows of a file in one transaction with how far it came: after a crash it is known what of it is stored.

As the worker and under the walls. A row that is there already is a duplicate, and with other content a conflict, of which
the first is kept: reading a file twice changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, transaction

from apps.ingest import calls, derivations
from apps.ingest.adapters.litellm_callback import CALL_ID
from apps.ingest.derive import units_of
from apps.ingest.derived import insert_rows
from apps.ingest.files import bounds, dialects
from apps.ingest.ledger import Counts
from apps.ingest.models import CallUnit, Import, ImportFault
from apps.ingest.outcomes.nouns import Accepted as Outcome
from apps.ingest.outcomes.receive import store as store_outcomes
from apps.ingest.receive import Days, count, once_each
from apps.ingest.receive_spans import COLUMNS as SPAN_COLUMNS
from apps.ingest.receive_spans import row_of
from apps.ingest.refusals import ItemError
from apps.ingest.resolve import ATTEMPT_COLUMNS, REQUEST_COLUMNS, Owner, Resolved
from apps.ingest.spans import SpanFact
from apps.organizations import access
from apps.traces.models import Request, StaleHour, StaleTrace


class NotOurs(Exception):
    """The import was cancelled, or another task has taken it over."""


@dataclass
class Piece:
    """Rows that are committed together; `faults` by row."""

    resolved: list[Resolved] = field(default_factory=list)
    facts: list[SpanFact] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[tuple[int, ItemError]] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    end: int = 0


def commit(one: Import, piece: Piece, *, claim: UUID, share: float, now: datetime, until: datetime) -> None:
    """Changes `one` to what is stored of it. Raises NotOurs, with nothing done."""
    owner = Owner(one.organization_id, one.deployment_id)
    _make_partitions(owner, piece)
    with access.scope(one.organization_id):
        _take(one, claim)
        if one.dialect in dialects.CALLS:
            derivations.hold(owner)  # no requests are derived meanwhile whose calls these rows may be
        counts = _store_requests(one, piece, owner, now)
        counts.accepted += _store_facts(piece, owner, now, counts)
        counts.accepted += _store_outcomes(one, piece, owner, now, counts)
        _note(one, piece, counts, share=share, until=until)
        one.save()


def _take(one: Import, claim: UUID) -> None:
    """The row is locked until the end, so that nobody cancels what is being stored."""
    ours = Import.objects.select_for_update().filter(pk=one.pk, claim=claim, state=Import.State.RUNNING)
    if not ours.exists():
        raise NotOurs


def _store_requests(one: Import, piece: Piece, owner: Owner, now: datetime) -> Counts:
    days, repeated = once_each(piece.resolved)
    counts = count(days, repeated, {})
    counts.accepted = 0
    if one.dialect in dialects.CALLS:
        derived = calls.known([row.request_id for row in piece.resolved], owner)
        counts.duplicate += sum(row.request_id in derived for rows in days.values() for row in rows)
        days = {day: [row for row in rows if row.request_id not in derived] for day, rows in days.items()}
    rows = [row for found in days.values() for row in found]
    if not rows:
        return counts
    stored = insert_rows("traces_request", REQUEST_COLUMNS, [row.request for row in rows])
    new = [row for row in rows if (row.received_at.date(), row.request_id) in stored]
    attempts = [attempt for row in new for attempt in row.attempts]
    if attempts:
        insert_rows("traces_attempt", ATTEMPT_COLUMNS, attempts)
    _mark_hours(owner, new, now)
    counts.accepted += len(new)
    _compare(days, stored, counts, owner)
    return counts


def _compare(days: Days, stored: set[tuple[Any, ...]], counts: Counts, owner: Owner) -> None:
    for day, rows in days.items():
        again = {row.request_id: row.content_hash for row in rows if (day, row.request_id) not in stored}
        kept = Request.objects.filter(**owner._asdict(), day=day, request_id__in=again).values_list(
            "request_id", "content_hash"
        )
        for request_id, content in kept if again else ():
            if bytes(content) == again[request_id]:
                counts.duplicate += 1
            else:
                counts.conflict += 1


def _store_facts(piece: Piece, owner: Owner, now: datetime, counts: Counts) -> int:
    if not piece.facts:
        return 0
    rows = {(_day(fact), fact.trace_id, fact.span_id): fact for fact in piece.facts}
    stored = insert_rows(
        "traces_span",
        SPAN_COLUMNS,
        [row_of(owner, day, fact, now) for (day, _, _), fact in rows.items()],
        returning="day, trace_id, span_id",
    )
    new = [rows[identity] for identity in stored]
    StaleTrace.objects.bulk_create(
        StaleTrace(**owner._asdict(), trace_id=key, day=day, marked_at=now)
        for key, day in sorted({(unit.key, day) for fact in new for unit, day in units_of(fact)})
    )
    CallUnit.objects.bulk_create(
        [
            CallUnit(**owner._asdict(), call_id=call, unit=unit, day=day)
            for call, unit, day in sorted({(f.attributes[CALL_ID], f.trace_id, _day(f)) for f in new})
        ],
        ignore_conflicts=True,
    )
    counts.duplicate += len(piece.facts) - len(new)
    return len(new)


def _store_outcomes(one: Import, piece: Piece, owner: Owner, now: datetime, counts: Counts) -> int:
    if not piece.outcomes:
        return 0
    name = str((one.mapping or {})["replay_set"])
    new = store_outcomes(piece.outcomes, owner=owner, replay_set=name, now=now, using=DEFAULT_DB_ALIAS)
    counts.duplicate += len(piece.outcomes) - new
    return new


def _day(fact: SpanFact) -> date:
    return datetime.fromtimestamp(fact.started_ns // 1_000_000_000, UTC).date()


def _mark_hours(owner: Owner, rows: Sequence[Resolved], now: datetime) -> None:
    hours = {row.received_at.replace(minute=0, second=0, microsecond=0) for row in rows}
    StaleHour.objects.bulk_create(StaleHour(**owner._asdict(), hour=hour, marked_at=now) for hour in sorted(hours))


def _note(one: Import, piece: Piece, counts: Counts, *, share: float, until: datetime) -> None:
    room = max(0, bounds.MOST_FAULTS - one.rejected)
    ImportFault.objects.bulk_create(
        ImportFault(organization_id=one.organization_id, of=one, row=row, code=why.code, message=why.message)
        for row, why in piece.faults[:room]
    )
    one.rows += piece.rows
    one.offset, one.share, one.claimed_until = piece.end, share, until
    one.accepted += counts.accepted
    one.duplicate += counts.duplicate
    one.conflict += counts.conflict
    one.rejected += len(piece.faults)
    one.reasons = dict(Counter(one.reasons) + Counter(why.code for _, why in piece.faults))
    one.warnings = dict(Counter(one.warnings) + piece.warnings)


def _make_partitions(owner: Owner, piece: Piece) -> None:
    """For days that nobody has reported from before; in a transaction of its own, since it locks the parents."""
    days = {row.received_at.date() for row in piece.resolved} | {_day(fact) for fact in piece.facts}
    wanted = sorted(day + timedelta(0) for day in days)
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT day FROM unnest(%s::date[]) d (day) "
            "WHERE to_regclass('traces_request_' || to_char(day, 'YYYYMMDD')) IS NULL",
            [wanted],
        )
        missing = [day for (day,) in cursor.fetchall()]
    if missing:
        with transaction.atomic(), connection.cursor() as cursor:
            for day in missing:
                cursor.execute("SELECT traces_make_partitions(%s, %s)", [day, day])
