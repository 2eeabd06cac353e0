"""Whether posts are taken at all: not when work for the worker piles up, nor when the database's disk runs low.

Both are looked at every few seconds by one thread of each process, while the others go by what it found last.
"""

import os
import threading
import time
from datetime import datetime
from typing import NamedTuple, Protocol

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from apps.ingest.refusals import PostError

LOOK_EVERY_S = 5.0
DISK_LOW, BACKLOG = "disk_low", "backlog"
REASONS = (DISK_LOW, BACKLOG)
FIFTIETH = 50
"""Of a small disk so much free space is enough, where the setting asks for more."""
log = structlog.get_logger(__name__)


class Backlog(Protocol):
    @property
    def marks(self) -> int: ...
    @property
    def oldest(self) -> datetime | None: ...


class _Found(NamedTuple):
    reason: str | None
    until: float


_found = _Found(None, 0.0)
_looking = threading.Lock()


def refuse_when_full() -> None:
    """Raises PostError 503."""
    if time.monotonic() >= _found.until and _looking.acquire(blocking=False):
        try:
            _look_again()
        finally:
            _looking.release()
    if _found.reason is not None:
        raise PostError(503, _found.reason, "No more is taken at the moment. Nothing was stored; send it again.")


def _look_again() -> None:
    global _found  # noqa: PLW0603  # one a process
    try:
        reason = look(now=timezone.now())
    except (DatabaseError, OSError) as error:
        log.warning("pressure unknown", error=type(error).__qualname__)
        reason = None  # whoever cannot store the post says so itself
    if reason != _found.reason:
        log.warning("posts are refused" if reason else "posts are taken again", reason=reason)
    _found = _Found(reason, time.monotonic() + LOOK_EVERY_S)


def look(*, now: datetime) -> str | None:
    """The code of a reason to take no post; as the ingest role."""
    if settings.DATABASE_DISK is not None:
        disk = os.statvfs(settings.DATABASE_DISK)
        if is_low(free=disk.f_bavail * disk.f_frsize, total=disk.f_blocks * disk.f_frsize):
            return DISK_LOW
    if settings.DATABASE_MOST_BYTES and _database_bytes() >= settings.DATABASE_MOST_BYTES:
        return DISK_LOW
    return BACKLOG if _piles_up(now) else None


def is_low(*, free: int, total: int) -> bool:
    """In bytes."""
    return free < min(settings.LEAST_FREE_BYTES, total // FIFTIETH)


def _piles_up(now: datetime) -> bool:
    most, age = settings.INGEST_MOST_MARKS, settings.INGEST_OLDEST_MARK
    if not (most or age):
        return False
    backlog: Backlog = import_string(settings.INGEST_BACKLOG)(most=most or 1, using="ingest")
    too_many = bool(most) and backlog.marks >= most
    return too_many or bool(age and backlog.oldest and now - backlog.oldest > age)


def _database_bytes() -> int:
    with connections["ingest"].cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
