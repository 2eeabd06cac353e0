"""A task's turn with an import: claim it, read on from where it is, commit piece by piece, and let go in time.

A claim is a lease: a task that dies lets it run out, and the next goes on behind the last row that was committed.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from apps.ingest import callback, ledger
from apps.ingest.accept import accept
from apps.ingest.files import bounds, dialects, storage
from apps.ingest.files.commit import NotOurs, Piece, commit
from apps.ingest.files.faults import FileFault
from apps.ingest.files.recognise import recognise
from apps.ingest.files.rows import Reading, Row
from apps.ingest.files.shape import Shape
from apps.ingest.limits import Limits
from apps.ingest.models import Batch, Import, ImportFault
from apps.ingest.outcomes.nouns import Accepted as Outcome
from apps.ingest.refusals import ItemError, Rejection
from apps.ingest.resolve import FILE, NATIVE, Owner, resolve
from apps.ingest.settings import limits as limits_in_force
from apps.ingest.spans import SpanFact
from apps.organizations import access

State = Import.State
TURN = timedelta(seconds=40)
"""After it the task lets others have the worker; the sweep or a hint brings the next turn."""
LEASE = timedelta(seconds=60)
LONGEST_LEDGER = 2**31 - 1
OURS = "Tollmark could not go on; what came before is stored. Resume it, and tell whoever runs Tollmark when it stops again."
log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


def due(now: datetime) -> list[tuple[int, int]]:
    """(organization id, import id) of what is to be read and in nobody's hands; as the worker."""
    waiting = Import.objects.filter(state__in=(State.UNREAD, State.WAITING, State.RUNNING)).exclude(
        claimed_until__gt=now
    )
    return list(waiting.order_by("created_at", "pk").values_list("organization_id", "pk")[:200])


def run(*, organization_id: int, import_id: int, clock: Clock, turn: timedelta = TURN) -> bool:
    """True when there is more to read. False: done, stopped, or somebody else's."""
    claim, begun = uuid.uuid4(), clock()
    one = _claim(organization_id, import_id, claim, begun)
    if one is None:
        return False
    try:
        if one.state == State.UNREAD:
            recognise(one)
            if not _keep(one, claim, state=State.RUNNING if one.dialect else State.COLUMNS):
                return False
        return one.state == State.RUNNING and _read_on(one, claim, clock, until=begun + turn)
    except FileFault as fault:
        _finish(one, claim, State.FAILED, now=clock(), fault=fault.message)
    except ItemError as error:
        _finish(one, claim, State.FAILED, now=clock(), fault=error.message)
    except NotOurs:
        log.info("an import is in other hands")
    except (OperationalError, InterfaceError) as error:
        # A lock was not to be had, or the database goes away: the lease runs out, and the next turn begins anew.
        log.warning("an import waits", error=type(error).__qualname__)
    except Exception as error:  # noqa: BLE001  # whatever it is, it would come again at every turn
        log.error("an import stopped", error=f"{type(error).__module__}.{type(error).__qualname__}")
        _finish(one, claim, State.FAILED, now=clock(), fault=OURS)
    return False


def _claim(organization_id: int, import_id: int, claim: uuid.UUID, now: datetime) -> Import | None:
    with access.scope(organization_id):
        one = (
            Import.objects.select_for_update(skip_locked=True)
            .filter(pk=import_id, state__in=(State.UNREAD, State.WAITING, State.RUNNING))
            .exclude(claimed_until__gt=now)
            .first()
        )
        if one is None:
            return None
        if one.state == State.WAITING:
            one.state = State.RUNNING
        one.claim, one.claimed_until, one.started_at = claim, now + LEASE, one.started_at or now
        one.save()
        return one


def _keep(one: Import, claim: uuid.UUID, *, state: State) -> bool:
    """What was found out about the file; False when it was cancelled meanwhile."""
    one.state = state
    if state == State.COLUMNS:
        one.claim = one.claimed_until = None
    with access.scope(one.organization_id):
        if not Import.objects.select_for_update().filter(pk=one.pk, claim=claim, state=State.UNREAD).exists():
            return False
        one.save()
    return True


def _read_on(one: Import, claim: uuid.UUID, clock: Clock, *, until: datetime) -> bool:
    path = storage.path_of(one.stored) if one.stored else None
    if path is None or not path.exists():
        raise FileFault("gone", "The file is no longer here. Hand it over again, and it goes on where it stopped.")
    reading = Reading(path, _shape(one), begin=one.offset, named=_named(one))
    rows, take, limits = iter(reading), _taker(one), limits_in_force()
    while True:
        now = clock()
        if now >= until:
            return _let_go(one, claim)
        piece = _piece(rows, one, take, now, limits)
        if not piece.rows:
            break
        commit(one, piece, claim=claim, share=reading.share, now=now, until=now + LEASE)
    _finish(one, claim, State.DONE, now=clock())
    return False


def _shape(one: Import) -> Shape:
    return Shape(one.packing, one.format)  # type: ignore[arg-type]  # as `recognise` wrote it


def _named(one: Import) -> set[str]:
    return set((one.mapping or {}).get("columns", {}).values())


Take = Callable[[Row, int, Piece, datetime, Limits], None]


def _taker(one: Import) -> Take:
    read, owner = dialects.reader_of(one.dialect, one.mapping), Owner(one.organization_id, one.deployment_id)
    source = NATIVE if one.dialect == dialects.NATIVE else FILE

    def take(row: Row, number: int, piece: Piece, now: datetime, limits: Limits) -> None:
        try:
            if row.values is None:
                raise row.why or ItemError("invalid_type", "A row is an object.")
            found = read(row.values)
            if isinstance(found, Outcome):
                piece.outcomes.append(found)
                return
            if isinstance(found, SpanFact):
                piece.facts.append(callback.check_time(found, now=now, limits=limits))
                return
            received_at, warnings = accept(found, now=now, limits=limits)
            piece.resolved.append(resolve(found, received_at, warnings, owner=owner, source=source, now=now))
            piece.warnings.update(warnings)
        except ItemError as why:
            piece.faults.append((number, why))

    return take


def _piece(rows: Iterator[Row], one: Import, take: Take, now: datetime, limits: Limits) -> Piece:
    piece = Piece(end=one.offset)
    for row in islice(rows, bounds.ROWS_AT_ONCE):
        piece.rows += 1
        piece.end = row.end
        take(row, one.rows + piece.rows, piece, now, limits)
    return piece


def _let_go(one: Import, claim: uuid.UUID) -> bool:
    with access.scope(one.organization_id):
        return Import.objects.filter(pk=one.pk, claim=claim, state=State.RUNNING).update(claimed_until=None) > 0


def _finish(one: Import, claim: uuid.UUID, state: State, *, now: datetime, fault: str = "") -> None:
    """A file that was read to its end is deleted; of another what is missing may still be wanted."""
    stored = one.stored
    with access.scope(one.organization_id):
        ours = Import.objects.filter(pk=one.pk, claim=claim)
        changed: dict[str, object] = {"share": 1.0, "stored": ""} if state == State.DONE else {}
        if not ours.update(state=state, fault=fault, finished_at=now, claim=None, claimed_until=None, **changed):
            return
        if state == State.DONE:
            _enter(one, now)
    if state == State.DONE:
        storage.delete(stored)


def _enter(one: Import, now: datetime) -> None:
    """In the ledger of what came in, beside posts."""
    Batch.objects.create(
        organization_id=one.organization_id,
        deployment_id=one.deployment_id,
        received_at=now,
        source=FILE,
        accepted=one.accepted,
        duplicate=one.duplicate,
        conflict=one.conflict,
        rejected=one.rejected,
        reasons=one.reasons,
        samples=_samples(one),
        warnings=one.warnings,
        body_bytes=min(one.size, LONGEST_LEDGER),
        digest=bytes(one.digest)[:16],
    )


def _samples(one: Import) -> list[dict[str, Any]] | None:
    """As of a post, by the number of the row."""
    faults = ImportFault.objects.filter(of=one).order_by("row")[: ledger.MOST_SAMPLES]
    kept = ledger.samples_of([Rejection(fault.row, fault.code, fault.message) for fault in faults])
    return [{"index": each.index, "code": each.code, "message": each.message} for each in kept] or None


def file_of(one: Import) -> Path | None:
    """Where it lies, while it does."""
    path = storage.path_of(one.stored) if one.stored else None
    return path if path is not None and path.exists() else None
