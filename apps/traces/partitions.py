"""Day partitions of the raw tables: as many as the accept window needs, made ahead, dropped behind."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction

DAYS_AHEAD = 8
"""More than the accepted clock skew needs, so that a beat that rests for a week costs nothing."""

PARENTS = ("traces_request", "traces_attempt", "traces_span")


@dataclass(frozen=True)
class Partitions:
    made: int
    dropped: int


def maintain(*, today: date, days: int | None = None) -> Partitions:
    """Make what is missing between the retention's begin and DAYS_AHEAD, drop what is older; safe to repeat.

    `days` limits what is made to the last ones, so that a first start need not wait for a year of empty partitions.
    """
    first = today - timedelta(days=settings.RAW_RETENTION_DAYS)
    made_from = first if days is None else max(first, today - timedelta(days=days))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT traces_make_partitions(%s, %s)", [made_from, today + timedelta(days=DAYS_AHEAD)])
        made = cursor.fetchone()[0]
        cursor.execute("SELECT traces_drop_partitions(%s)", [first])
        dropped = cursor.fetchone()[0]
    return Partitions(made=made, dropped=dropped)


def days_ahead(*, today: date, most: int = DAYS_AHEAD) -> int:
    """How many days after today have all their partitions without a gap, up to `most`; -1 when today has not."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT bool_and(to_regclass(parent || to_char(%(today)s::date + n, '_YYYYMMDD')) IS NOT NULL)
            FROM generate_series(0, %(most)s::int) days (n), unnest(%(parents)s::text[]) parent GROUP BY n ORDER BY n
            """,
            {"today": today, "most": most, "parents": list(PARENTS)},
        )
        whole = [found for (found,) in cursor.fetchall()]
    return (whole.index(False) if False in whole else len(whole)) - 1
