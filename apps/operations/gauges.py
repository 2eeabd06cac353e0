"""What stands at this moment, read at each scrape: from Postgres, so that it is the same whichever process answers."""

import os
from datetime import datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from apps.ingest import pressure
from apps.pulse import tries
from apps.rollups import backlog
from apps.traces import partitions

MOST_MARKS = 10_000_000
"""More are not counted."""
log = structlog.get_logger(__name__)


def gauges(*, now: datetime, redis_answers: bool) -> dict[str, float]:
    """By sample; what cannot be known now is left out."""
    found: dict[str, float] = {
        "tollmark_redis_up": redis_answers,
        "tollmark_ingest_limiter_open": not redis_answers,
        "tollmark_database_up": 1,
    }
    if settings.DATABASE_DISK is not None:
        disk = os.statvfs(settings.DATABASE_DISK)
        found["tollmark_database_disk_free_bytes"] = disk.f_bavail * disk.f_frsize
    try:
        return found | _of_database(now)
    except DatabaseError as error:
        log.warning("no gauges of the database", error=tries.told(error))
        return found | {"tollmark_database_up": 0}


def _of_database(now: datetime) -> dict[str, float]:
    waiting = backlog.look(most=settings.INGEST_MOST_MARKS or MOST_MARKS)
    refusing = pressure.look(now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    return {
        "tollmark_marks": waiting.marks,
        "tollmark_oldest_mark_age_seconds": max(0.0, (now - waiting.oldest).total_seconds()) if waiting.oldest else 0,
        **{f'tollmark_set_aside{{task="{task}"}}': number for task, number in backlog.set_aside().items()},
        **{f'tollmark_ingest_refusing{{reason="{why}"}}': refusing == why for why in pressure.REASONS},
        "tollmark_partitions_ahead_days": partitions.days_ahead(today=now.date()),
        "tollmark_database_bytes": size,
    }
