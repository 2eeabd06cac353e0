"""Reading cells; all need an open organization. Answers are frozen dataclasses."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from django.db import connection
from psycopg import sql

from apps.rollups.labels import LIMITS, OTHER
from apps.rollups.sums import ATTEMPT_SUMS, REQUEST_SKETCHES, REQUEST_SUMS, AttemptSums, RequestSums, sketch_column
from apps.rollups.totals import Provider, Totals, add

PRODUCTION = "production"
RequestKey = Literal["environment", "provider", "model", "task", "route", "policy", "user_facing", "completeness"]
AttemptKey = Literal["environment", "provider", "model", "cause", "kind"]


def totals(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> Totals:
    """Everything of a window (days, both included): sums, providers and sketches."""
    place = _place(organization_id, deployment_id, start, end, environment)
    by_completeness = {
        name: RequestSums(*values) for name, *values in _sums("request", REQUEST_SUMS, ["completeness"], place)
    }
    by_provider = {name: AttemptSums(*values) for name, *values in _sums("attempt", ATTEMPT_SUMS, ["provider"], place)}
    return Totals(
        start=start,
        end=end,
        environment=environment,
        active_days=_active_days(place),
        by_completeness=by_completeness,
        attempts=AttemptSums(*(sum(getattr(one, name) for one in by_provider.values()) for name in ATTEMPT_SUMS)),
        providers={name: Provider(one.attempts, one.served, one.billed_nano) for name, one in by_provider.items()},
        sketches=_sketches(place),
    )


def by_day(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> dict[date, RequestSums]:
    """Days with requests."""
    place = _place(organization_id, deployment_id, start, end, environment)
    return {day: RequestSums(*values) for day, *values in _sums("request", REQUEST_SUMS, ["day"], place)}


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
    place = _place(organization_id, deployment_id, start, end, environment)
    return {
        label if label != "" else None: RequestSums(*values)
        for label, *values in _sums("request", REQUEST_SUMS, [key], place)
    }


def attempts_by(
    *keys: AttemptKey,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[tuple[str, ...], AttemptSums]:
    """By labels of attempts: who was asked, why they failed, whether they repeat."""
    place = _place(organization_id, deployment_id, start, end, environment)
    n = len(keys)
    return {tuple(row[:n]): AttemptSums(*row[n:]) for row in _sums("attempt", ATTEMPT_SUMS, list(keys), place)}


def first_and_last_day(*, organization_id: int, deployment_id: int) -> tuple[date, date] | None:
    """Between which days there are requests at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(day), max(day) FROM rollups_request_day WHERE organization_id = %s AND deployment_id = %s",
            [organization_id, deployment_id],
        )
        first, last = cursor.fetchone()
    return (first, last) if first else None


def folded(*, organization_id: int, deployment_id: int, start: date, end: date) -> list[str]:
    """Kinds of labels of which there were more than are told apart, in the window."""
    where, values = _place(organization_id, deployment_id, start, end, environment=None)
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


def _place(
    organization_id: int, deployment_id: int, start: date, end: date, environment: str | None
) -> tuple[sql.SQL, dict[str, Any]]:
    """The condition that all reads of a window share, with its values."""
    where = (
        "organization_id = %(organization)s AND deployment_id = %(deployment)s AND day BETWEEN %(start)s AND %(end)s"
    )
    values = {"organization": organization_id, "deployment": deployment_id, "start": start, "end": end}
    if environment is None:
        return sql.SQL(where), values
    return sql.SQL(where + " AND environment = %(environment)s"), values | {"environment": environment}


def _sums(
    cube: str, names: Sequence[str], keys: Sequence[str], place: tuple[sql.SQL, Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    where, values = place
    columns = [sql.SQL("coalesce(sum({})::bigint, 0)").format(sql.Identifier(name)) for name in names]
    labels = [sql.Identifier(key) for key in keys]
    query = sql.SQL("SELECT {columns} FROM {table} WHERE {where} GROUP BY {labels} ORDER BY {labels}").format(
        columns=sql.SQL(", ").join([*labels, *columns]),
        table=sql.Identifier(f"rollups_{cube}_day"),
        where=where,
        labels=sql.SQL(", ").join(labels),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _active_days(place: tuple[sql.SQL, Mapping[str, Any]]) -> int:
    where, values = place
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(DISTINCT day) FROM rollups_request_day WHERE {}").format(where), values)
        return int(cursor.fetchone()[0])


def _sketches(place: tuple[sql.SQL, Mapping[str, Any]]) -> dict[str, tuple[int, ...]]:
    """Merging adds the counts of a bucket (entries are bucket << 32 | count), which the database does as well."""
    where, values = place
    named = [
        sql.SQL("({}, {})").format(sql.Literal(name), sql.Identifier(sketch_column(name))) for name in REQUEST_SKETCHES
    ]
    query = sql.SQL(
        "SELECT name, array_agg(entry ORDER BY entry) FROM ("
        "SELECT name, (packed >> 32 << 32) + sum(packed & 4294967295)::bigint AS entry "
        "FROM rollups_request_day CROSS JOIN LATERAL (VALUES {named}) s (name, sketch) CROSS JOIN unnest(sketch) packed "
        "WHERE {where} GROUP BY name, packed >> 32) merged GROUP BY name"
    ).format(named=sql.SQL(", ").join(named), where=where)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return {name: tuple(entries) for name, entries in cursor.fetchall()}
