"""A task's turn with an export: claim it, write on from where it is, commit piece by piece, and let go in time.

A claim is a lease: a task that dies lets it run out, and the next goes on behind the last piece. A piece and the place
behind it are one transaction, so that no row is written twice.
"""

import gzip
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet

from apps.dashboards.exports import table
from apps.dashboards.exports.begin import OPEN, State
from apps.dashboards.models import ExportPiece, RequestExport
from apps.dashboards.queries.requests import Asked, Key, listed, rows_of
from apps.deployments.models import Deployment
from apps.organizations import access

TURN = timedelta(seconds=40)
LEASE = timedelta(seconds=90)
ROWS_AT_ONCE = 1_000
MOST_ROWS = 1_000_000
MOST_TRIES = 5
"""Turns without a piece, after which it is given up: they would die again."""
PACKING = 6
log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]


class NotOurs(Exception):
    """It was cancelled, or another task has it."""


def due(now: datetime) -> list[tuple[int, int]]:
    """(organization id, export id) of what is to be written and in nobody's hands; as the worker."""
    waiting = RequestExport.objects.filter(state__in=OPEN).exclude(claimed_until__gt=now)
    return list(waiting.order_by("created_at", "pk").values_list("organization_id", "pk")[:200])


def write(*, organization_id: int, export_id: int, clock: Clock, turn: timedelta = TURN) -> bool:
    """True when there is more to write. False: done, stopped, or somebody else's."""
    claim, begun = uuid.uuid4(), clock()
    deployment = _claim(organization_id, export_id, claim, begun)
    if deployment is None:
        return False
    try:
        while clock() < begun + turn:
            if _piece(deployment, export_id, claim, now=clock()):
                return False
        return _let_go(organization_id, export_id, claim)
    except NotOurs:
        log.info("an export is in other hands")
    except (OperationalError, InterfaceError) as error:
        # The database is away or busy: the lease runs out, and the next turn goes on.
        log.warning("an export waits", error=type(error).__qualname__)
    return False


def _claim(organization_id: int, export_id: int, claim: uuid.UUID, now: datetime) -> Deployment | None:
    with access.scope(organization_id):
        one = (
            RequestExport.objects.select_for_update(skip_locked=True)
            .filter(pk=export_id, state__in=OPEN)
            .exclude(claimed_until__gt=now)
            .first()
        )
        if one is None:
            return None
        deployment = Deployment.objects.filter(organization_id=organization_id, pk=one.deployment_id).first()
        if deployment is None or one.tries >= MOST_TRIES:
            one.state, one.finished_at = State.FAILED, now
            one.save(update_fields=["state", "finished_at"])
            return None
        one.state, one.claim, one.claimed_until, one.tries = State.RUNNING, claim, now + LEASE, one.tries + 1
        one.save(update_fields=["state", "claim", "claimed_until", "tries"])
        return deployment


def _piece(deployment: Deployment, export_id: int, claim: uuid.UUID, *, now: datetime) -> bool:
    """Whether it was the last one. Raises NotOurs."""
    with access.scope(deployment.organization_id):
        one = _ours(export_id, claim).first()
        if one is None:
            raise NotOurs
        left = min(ROWS_AT_ONCE, MOST_ROWS - one.rows)
        found = listed(deployment, _asked(one, limit=left))
        rows = rows_of(deployment, found.keys, known=found.known, with_figures=True)
        text = ("" if one.pieces else table.head()) + table.lines(deployment, rows)
        if not _ours(export_id, claim).select_for_update().exists():  # it may have been cancelled meanwhile
            raise NotOurs
        full = one.rows + len(rows) >= MOST_ROWS
        is_last = full or found.following is None
        _keep(one, text, rows=len(rows), following=found.following, now=now)
        if is_last:
            _finish(one, is_cut=full and found.following is not None, now=now)
        return is_last


def _keep(one: RequestExport, text: str, *, rows: int, following: Key | None, now: datetime) -> None:
    """A page in which nothing matched moves the place on, and is no piece."""
    body = text.encode()
    if body:
        packed = gzip.compress(body, PACKING, mtime=0)
        ExportPiece.objects.create(organization_id=one.organization_id, of=one, n=one.pieces, packed=packed)
    RequestExport.objects.filter(pk=one.pk).update(
        pieces=F("pieces") + (1 if body else 0),
        rows=F("rows") + rows,
        size=F("size") + len(body),
        after_at=following.received_at if following else None,
        after_id=following.request_id if following else None,
        claimed_until=now + LEASE,
        tries=0,
    )


def _finish(one: RequestExport, *, is_cut: bool, now: datetime) -> None:
    RequestExport.objects.filter(pk=one.pk).update(
        state=State.DONE, is_cut=is_cut, finished_at=now, claim=None, claimed_until=None
    )


def _asked(one: RequestExport, *, limit: int) -> Asked:
    after = Key(one.after_at, one.after_id) if one.after_at and one.after_id is not None else None
    return Asked(since=one.since, until=one.until, after=after, limit=limit, **one.asked)


def _let_go(organization_id: int, export_id: int, claim: uuid.UUID) -> bool:
    with access.scope(organization_id):
        return _ours(export_id, claim).update(claimed_until=None, tries=0) > 0


def _ours(export_id: int, claim: uuid.UUID) -> QuerySet[RequestExport]:
    return RequestExport.objects.filter(pk=export_id, claim=claim, state=State.RUNNING)
