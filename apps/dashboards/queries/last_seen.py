"""When each deployment was last heard of."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from django.db import connection

from apps.deployments.models import Deployment
from apps.rollups.queries import last_days

SQL = Path(__file__).parent.parent / "sql" / "last_seen.sql"
LOOK_BACK = timedelta(days=35)


def last_seen(organization_id: int, deployments: Iterable[Deployment], *, now: datetime) -> dict[int, datetime]:
    """By deployment, the receipt of its latest request; of older ones only the day is known. Silent ones are absent."""
    wanted = [one.pk for one in deployments]
    with connection.cursor() as cursor:
        cursor.execute(
            SQL.read_text(),
            {"organization": organization_id, "deployments": wanted, "since": (now - LOOK_BACK).date()},
        )
        seen: dict[int, datetime] = dict(cursor.fetchall())
    silent = set(wanted) - set(seen)
    days = last_days(organization_id=organization_id, deployment_ids=silent) if silent else {}
    return seen | {pk: datetime.combine(day, time(), UTC) for pk, day in days.items()}
