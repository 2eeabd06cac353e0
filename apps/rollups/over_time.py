"""Reading cells day by day, week by week, and between which days there are any; all need an open organization."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import connection
from psycopg import sql

from apps.rollups.fold import Sketches
from apps.rollups.queries import PRODUCTION
from apps.rollups.select import merged, placed, summed
from apps.rollups.sums import ATTEMPT_SUMS, BASES, REQUEST_SUMS, AttemptSums, RequestSums
from apps.rollups.totals import add


def by_day(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> dict[date, RequestSums]:
    """Days with requests."""
    place = placed(organization_id, [deployment_id], start, end, environment)
    return {day: RequestSums(*values) for day, *values in summed("whole", REQUEST_SUMS, ["day"], place)}


def by_week(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> dict[date, RequestSums]:
    """ISO weeks with requests, by their Monday."""
    days = by_day(
        organization_id=organization_id, deployment_id=deployment_id, start=start, end=end, environment=environment
    )
    weeks: dict[date, list[RequestSums]] = {}
    for day, sums in days.items():
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(sums)
    return {monday: add(found) for monday, found in sorted(weeks.items())}


def sketches_by_day(
    *,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[tuple[date, bool], Sketches]:
    """Of retry delay, and of routing overhead by basis, by day and by whether requests are user-facing."""
    place = placed(organization_id, [deployment_id], start, end, environment)
    return merged(["day", "user_facing"], ("retry_delay", *BASES), place)


def attempts_by_month(
    *, organization_id: int, deployment_id: int, start: date, end: date
) -> dict[tuple[date, str], AttemptSums]:
    """By the first day of the month (UTC) and the provider, in every environment: a provider's bill knows none."""
    place = placed(organization_id, [deployment_id], start, end, environment=None)
    month = sql.SQL("date_trunc('month', day)::date")
    rows = summed("attempt", ATTEMPT_SUMS, [month, "provider"], place)
    return {(first, provider): AttemptSums(*sums) for first, provider, *sums in rows}


def last_days(*, organization_id: int, deployment_ids: Collection[int]) -> dict[int, date]:
    """By deployment, the latest day with a request; those without any are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deployment_id, max(day) FROM rollups_request_day "
            "WHERE organization_id = %s AND deployment_id = ANY(%s) GROUP BY 1",
            [organization_id, list(deployment_ids)],
        )
        return dict(cursor.fetchall())


def first_and_last_day(*, organization_id: int, deployment_id: int) -> tuple[date, date] | None:
    """Between which days there are requests at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(day), max(day) FROM rollups_request_day WHERE organization_id = %s AND deployment_id = %s",
            [organization_id, deployment_id],
        )
        first, last = cursor.fetchone()
    return (first, last) if first else None
