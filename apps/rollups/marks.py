"""Which hours are stale, by marks that the floors below have left."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import connection

from apps.deployments.models import StaleSince
from apps.rollups.plan import hours_of
from apps.traces.models import StaleHour


@dataclass(frozen=True)
class Stale:
    """The hours to rebuild, and exactly the marks that say so."""

    hours: frozenset[datetime]
    hour_marks: Mapping[int, datetime]
    since_marks: tuple[int, ...]
    rows: Mapping[date, int]
    """How many requests the days have whose hours are all stale, where finding them told it."""


def waiting() -> list[tuple[int, int]]:
    """(organization id, deployment id) of every deployment with a mark, longest waiting first; as the worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT organization_id, deployment_id FROM (
                SELECT organization_id, deployment_id, marked_at FROM traces_stalehour
                UNION ALL SELECT organization_id, deployment_id, marked_at FROM deployments_stalesince
            ) marks GROUP BY 1, 2 ORDER BY min(marked_at)
            """
        )
        return [(organization, deployment) for organization, deployment in cursor.fetchall()]


def thin() -> int:
    """How many marks were taken from deployments in quarantine: they gather one a post, and one an hour says as much.

    The newest is kept, since a rebuild that is under way after all deletes no mark that came after its snapshot.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH aside AS (
                SELECT m.id, max(m.id) OVER (PARTITION BY m.organization_id, m.deployment_id, m.hour) AS newest
                FROM traces_stalehour m JOIN rollups_rebuild q USING (organization_id, deployment_id)
                WHERE q.quarantined_at IS NOT NULL
            )
            DELETE FROM traces_stalehour WHERE id IN (SELECT id FROM aside WHERE id < newest)
            """
        )
        return int(cursor.rowcount)


def stale_hours(*, organization_id: int, deployment_id: int) -> Stale:
    """Read in the snapshot in which the raw rows are read; a mark that comes later stays for the next rebuild."""
    of_deployment = {"organization_id": organization_id, "deployment_id": deployment_id}
    hours = dict(StaleHour.objects.filter(**of_deployment).values_list("id", "hour"))
    since = list(StaleSince.objects.filter(**of_deployment).values_list("id", "since"))
    rows = rows_since(organization_id, deployment_id, min(first for _, first in since)) if since else {}
    found = {hour for day in rows for hour in hours_of(day)}.union(hours.values())
    return Stale(frozenset(found), hours, tuple(identity for identity, _ in since), rows)


def hours_waiting(*, organization_id: int, deployment_id: int) -> int:
    """How many hours wait to be computed again; whole days where a mark speaks of all since a date."""
    return len(stale_hours(organization_id=organization_id, deployment_id=deployment_id).hours)


def clear(stale: Stale, *, organization_id: int, deployment_id: int, left: Collection[datetime], now: datetime) -> None:
    """Delete exactly these marks, in the transaction that wrote what they asked for.

    Hours that were `left` for the next rebuild keep their marks, and get one where a mark "since" had named them.
    """
    left = frozenset(left)
    StaleHour.objects.filter(id__in=[mark for mark, hour in stale.hour_marks.items() if hour not in left]).delete()
    if stale.since_marks:
        StaleHour.objects.bulk_create(
            StaleHour(organization_id=organization_id, deployment_id=deployment_id, hour=hour, marked_at=now)
            for hour in sorted(left - set(stale.hour_marks.values()))
        )
        StaleSince.objects.filter(id__in=stale.since_marks).delete()


def rows_since(organization_id: int, deployment_id: int, first: date) -> dict[date, int]:
    """All days with raw rows, and those with cells, whose rows may be gone; no other has a cell that is wrong.

    Whole days: hours without rows cost nothing to read, and naming single ones does. With the number of their requests,
    which is told by the same look at the index.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT day, sum(requests)::bigint FROM (
                SELECT day, count(*) AS requests FROM traces_request
                WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day >= %(first)s GROUP BY 1
                UNION ALL SELECT DISTINCT (hour AT TIME ZONE 'UTC')::date, 0 FROM rollups_request_hour
                WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND hour >= %(beginning)s
                UNION ALL SELECT DISTINCT day, 0 FROM rollups_request_day
                WHERE organization_id = %(organization)s AND deployment_id = %(deployment)s AND day >= %(first)s
            ) days GROUP BY 1
            """,
            {
                "organization": organization_id,
                "deployment": deployment_id,
                "first": first,
                "beginning": datetime.combine(first, time(), tzinfo=UTC),
            },
        )
        return dict(cursor.fetchall())
