"""Reading cells by the labels of requests and of attempts; all need an open organization."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from django.db import connection
from psycopg import sql

from apps.rollups.labels import LIMITS, OTHER
from apps.rollups.queries import PRODUCTION
from apps.rollups.select import placed, summed
from apps.rollups.sums import ATTEMPT_SUMS, REQUEST_SUMS, AttemptSums, RequestSums

RequestKey = Literal["environment", "provider", "model", "task", "route", "policy", "user_facing", "completeness"]
AttemptKey = Literal["environment", "provider", "model", "cause", "kind"]


def requests_by(
    key: RequestKey,
    *,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[str | bool | None, RequestSums]:
    """By a label of requests, provider and model being the planned ones; None for requests that told none."""
    place = placed(organization_id, [deployment_id], start, end, environment)
    return {
        label if label != "" else None: RequestSums(*values)
        for label, *values in summed("request", REQUEST_SUMS, [key], place)
    }


def requests_by_labels(
    *keys: RequestKey | Literal["day"],
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[tuple[Any, ...], RequestSums]:
    """By several labels of requests, or by day; an empty label where none was told."""
    place = placed(organization_id, [deployment_id], start, end, environment)
    n = len(keys)
    return {tuple(row[:n]): RequestSums(*row[n:]) for row in summed("request", REQUEST_SUMS, list(keys), place)}


def requests_by_stretch(
    key: RequestKey,
    *,
    organization_id: int,
    deployment_id: int,
    since: Sequence[date],
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[str | bool | None, dict[date, RequestSums]]:
    """As `requests_by`, apart for each stretch of days: `since` are their first days in order, the first that of the window."""
    where, values = placed(organization_id, [deployment_id], since[0], end, environment)
    stretch = sql.SQL("width_bucket(day, {}::date[])").format(sql.Literal(list(since)))
    found: dict[str | bool | None, dict[date, RequestSums]] = {}
    for label, number, *sums in summed("request", REQUEST_SUMS, [key, stretch], (where, values)):
        found.setdefault(label if label != "" else None, {})[since[number - 1]] = RequestSums(*sums)
    return found


def attempts_by(
    *keys: AttemptKey,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[tuple[str, ...], AttemptSums]:
    """By labels of attempts: who was asked, why they failed, whether they repeat."""
    place = placed(organization_id, [deployment_id], start, end, environment)
    n = len(keys)
    return {tuple(row[:n]): AttemptSums(*row[n:]) for row in summed("attempt", ATTEMPT_SUMS, list(keys), place)}


def folded(*, organization_id: int, deployment_id: int, start: date, end: date) -> list[str]:
    """Kinds of labels of which there were more than are told apart, in the window."""
    where, values = placed(organization_id, [deployment_id], start, end, environment=None)
    query = sql.SQL(
        "SELECT DISTINCT kind FROM rollups_request_day CROSS JOIN LATERAL (VALUES {labels}) l (kind, label) "
        "WHERE label = %(other)s AND {where} UNION SELECT 'model' FROM rollups_attempt_day "
        "WHERE model = %(other)s AND {where} ORDER BY 1"
    ).format(
        labels=sql.SQL(", ").join(sql.SQL("({}, {})").format(kind, sql.Identifier(kind)) for kind in LIMITS),
        where=where,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values | {"other": OTHER})
        return [kind for (kind,) in cursor.fetchall()]
