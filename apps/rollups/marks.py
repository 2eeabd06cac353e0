"""Which hours are stale, by marks that the floors below have left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import connection

from apps.deployments.models import StaleSince
from apps.traces.models import StaleHour


@dataclass(frozen=True)
class Stale:
    """The hours to rebuild, and exactly the marks that say so."""

    hours: frozenset[datetime]
    hour_marks: tuple[int, ...]
    since_marks: tuple[int, ...]


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


def stale_hours(*, organization_id: int, deployment_id: int) -> Stale:
    """Read in the snapshot in which the raw rows are read; a mark that comes later stays for the next rebuild."""
    of_deployment = {"organization_id": organization_id, "deployment_id": deployment_id}
    hours = list(StaleHour.objects.filter(**of_deployment).values_list("id", "hour"))
    since = list(StaleSince.objects.filter(**of_deployment).values_list("id", "since"))
    found = {hour for _, hour in hours}
    if since:
        found |= set(_hours_since(organization_id, deployment_id, min(first for _, first in since)))
    return Stale(
        hours=frozenset(found),
        hour_marks=tuple(identity for identity, _ in hours),
        since_marks=tuple(identity for identity, _ in since),
    )


def clear(stale: Stale) -> None:
    """Delete exactly these marks, in the transaction that wrote what they asked for."""
    StaleHour.objects.filter(id__in=stale.hour_marks).delete()
    StaleSince.objects.filter(id__in=stale.since_marks).delete()


def _hours_since(organization_id: int, deployment_id: int, first: date) -> Iterable[datetime]:
    """Hours with raw rows; an hour without any has no cell that could be wrong."""
    beginning = datetime.combine(first, time(), tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT date_trunc('hour', received_at) FROM traces_request
            WHERE organization_id = %s AND deployment_id = %s AND day >= %s AND received_at >= %s
            """,
            [organization_id, deployment_id, first, beginning],
        )
        return [hour for (hour,) in cursor.fetchall()]
