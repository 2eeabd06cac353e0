"""Room for the database."""

import os
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection

from apps.ingest.pressure import is_low
from apps.operations.doctor.finding import FAIL, OK, WARN, Finding, graded

TENTH = 10
MIB = 1 << 20
ROOM = (
    "Free or add space; posts are refused while there is too little. A shorter TOLLMARK_RAW_RETENTION_DAYS keeps less."
)


def free(_now: datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size: int = cursor.fetchone()[0]
    if settings.DATABASE_DISK is not None:
        disk = os.statvfs(settings.DATABASE_DISK)
        left, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        level = FAIL if is_low(free=left, total=total) else WARN if left * TENTH < total else OK
        yield graded("disk", level, f"{left // MIB:,} of {total // MIB:,} MiB free", ROOM)
    elif settings.DATABASE_MOST_BYTES:
        most = settings.DATABASE_MOST_BYTES
        level = FAIL if size >= most else WARN if size * TENTH > most * (TENTH - 1) else OK
        yield graded("disk", level, f"the database has {size // MIB:,} of {most // MIB:,} MiB", ROOM)
    else:
        advice = "Set TOLLMARK_DATABASE_DISK, or TOLLMARK_DATABASE_MOST_MIB where the database is on another host."
        yield Finding("disk", WARN, f"the database has {size // MIB:,} MiB; its disk is not watched", advice)
