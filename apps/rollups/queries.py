"""Reading cells; all need an open organization. Answers are frozen dataclasses."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from django.db import connection
from psycopg import sql

from apps.costing.efficiency import Evidence
from apps.rollups.labels import LIMITS, OTHER
from apps.rollups.sums import (
    ATTEMPT_SUMS,
    BASES,
    REQUEST_SKETCHES,
    REQUEST_SUMS,
    AttemptSums,
    RequestSums,
    sketch_column,
)
from apps.rollups.totals import Provider, Totals, add

PRODUCTION = "production"
EVIDENCE_SUMS = (
    "requests",
    "measurable",
    "outcome_known",
    "served_dispatched",
    "served_with_tokens",
    "served_tokens",
    "served_tokens_priced",
    "published_token_nano",
    "published_retry_nano",
    "waiting",
    "waiting_delay_known",
    "waiting_overhead_known",
    "undispatched",
    *BASES,
    "loss_nano",
    "evaluable_tokens",
    "published_regret_nano",
)
"""All that `Totals.evidence` reads."""
Weekly = Mapping[str, RequestSums]
"""Of one week, by completeness: EVIDENCE_SUMS alone."""
RequestKey = Literal["environment", "provider", "model", "task", "route", "policy", "user_facing", "completeness"]
AttemptKey = Literal["environment", "provider", "model", "cause", "kind"]


@dataclass(frozen=True)
class Window:
    """One deployment's totals, and the sums of its days with requests."""

    totals: Totals
    days: Mapping[date, RequestSums]


def windows(
    *,
    organization_id: int,
    deployment_ids: Collection[int],
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
    with_sketches: bool = True,
    with_attempts: bool = True,
    policy: str | None = None,
) -> dict[int, Window]:
    """By deployment, everything of the days `start` to `end`, both included; three statements, however many there are.

    Sketches are most of what it costs, and only quantiles need them; attempts and providers may be left as well. With a
    `policy`, the requests that were sent under it alone, without attempts and providers, which are not told apart by it.
    """
    everything = _place(organization_id, deployment_ids, start, end, environment)
    place = everything if policy is None else _under(policy, everything)
    found = _cells(["deployment_id"], place, with_attempts=with_attempts and policy is None)
    sketches = _sketches(place) if with_sketches else {}
    return {
        one: _window(found.get((one,), _Cells()), start, end, environment, sketches.get(one, {}))
        for one in deployment_ids
    }


def windows_by_environment(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date
) -> dict[tuple[int, str], Window]:
    """By deployment and environment, without sketches, attempts and providers; absent where no request names it."""
    place = _place(organization_id, deployment_ids, start, end, environment=None)
    found = _cells(["deployment_id", "environment"], place, with_attempts=False)
    return {(one, name): _window(cells, start, end, name, {}) for (one, name), cells in found.items()}


@dataclass
class _Cells:
    """What is being summed for one window."""

    classes: dict[str, list[RequestSums]] = field(default_factory=dict)
    days: dict[date, list[RequestSums]] = field(default_factory=dict)
    providers: dict[str, AttemptSums] = field(default_factory=dict)


def _cells(
    keys: Sequence[str], place: tuple[sql.SQL, Mapping[str, Any]], *, with_attempts: bool
) -> dict[tuple[Any, ...], _Cells]:
    """By the values of `keys`; two statements."""
    found: dict[tuple[Any, ...], _Cells] = defaultdict(_Cells)
    width = len(keys)
    for row in _sums("request", REQUEST_SUMS, [*keys, "day", "completeness"], place):
        (day, completeness), sums = row[width : width + 2], RequestSums(*row[width + 2 :])
        found[row[:width]].classes.setdefault(completeness, []).append(sums)
        found[row[:width]].days.setdefault(day, []).append(sums)
    for row in _sums("attempt", ATTEMPT_SUMS, [*keys, "provider"], place) if with_attempts else []:
        found[row[:width]].providers[row[width]] = AttemptSums(*row[width + 1 :])
    return found


def _window(
    cells: _Cells, start: date, end: date, environment: str | None, sketches: Mapping[str, tuple[int, ...]]
) -> Window:
    attempts = AttemptSums(*(sum(getattr(sums, name) for sums in cells.providers.values()) for name in ATTEMPT_SUMS))
    providers = {name: Provider(sums.attempts, sums.served, sums.billed_nano) for name, sums in cells.providers.items()}
    return Window(
        Totals(
            start=start,
            end=end,
            environment=environment,
            active_days=len(cells.days),
            by_completeness={name: add(some) for name, some in sorted(cells.classes.items())},
            attempts=attempts,
            providers=providers,
            sketches=sketches,
        ),
        {day: add(some) for day, some in cells.days.items()},
    )


def totals(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> Totals:
    """Everything of a window (days, both included): sums, providers and sketches."""
    found = windows(
        organization_id=organization_id,
        deployment_ids=[deployment_id],
        start=start,
        end=end,
        environment=environment,
    )
    return found[deployment_id].totals


def by_day(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> dict[date, RequestSums]:
    """Days with requests."""
    place = _place(organization_id, [deployment_id], start, end, environment)
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
    place = _place(organization_id, [deployment_id], start, end, environment)
    return {
        label if label != "" else None: RequestSums(*values)
        for label, *values in _sums("request", REQUEST_SUMS, [key], place)
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
    place = _place(organization_id, [deployment_id], start, end, environment)
    n = len(keys)
    return {tuple(row[:n]): RequestSums(*row[n:]) for row in _sums("request", REQUEST_SUMS, list(keys), place)}


def user_facing_sketches(
    *,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[date, dict[str, tuple[int, ...]]]:
    """By day, of user-facing requests: retry delay, and routing overhead by basis, each merged over the day's cells."""
    where, values = _place(organization_id, [deployment_id], start, end, environment)
    place = sql.SQL("{} AND user_facing").format(where), values
    return _merged("day", ("retry_delay", *BASES), place)


def evidence_by_week(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date
) -> Mapping[int, Mapping[str, Mapping[date, Weekly]]]:
    """By deployment, environment and the Monday of an ISO week; weeks without requests are absent. One statement."""
    place = _place(organization_id, deployment_ids, start, end, environment=None)
    keys: list[str | sql.Composable] = [
        "deployment_id",
        "environment",
        sql.SQL("date_trunc('week', day)::date"),
        "completeness",
    ]
    found: dict[int, dict[str, dict[date, dict[str, RequestSums]]]] = {}
    for one, name, monday, completeness, *sums in _sums("request", EVIDENCE_SUMS, keys, place):
        weeks = found.setdefault(one, {}).setdefault(name, {})
        weeks.setdefault(monday, {})[completeness] = RequestSums(**dict(zip(EVIDENCE_SUMS, sums, strict=True)))
    return found


def evidence_of(some: Sequence[Weekly]) -> Evidence:
    """Of the same week of several environments together."""
    names = sorted({name for one in some for name in one})
    classes = {name: add(one[name] for one in some if name in one) for name in names}
    return Totals(date.min, date.min, None, 0, classes, AttemptSums()).evidence


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
    where, values = _place(organization_id, [deployment_id], since[0], end, environment)
    stretch = sql.SQL("width_bucket(day, {}::date[])").format(sql.Literal(list(since)))
    found: dict[str | bool | None, dict[date, RequestSums]] = {}
    for label, number, *sums in _sums("request", REQUEST_SUMS, [key, stretch], (where, values)):
        found.setdefault(label if label != "" else None, {})[since[number - 1]] = RequestSums(*sums)
    return found


def environments(*, organization_id: int, deployment_id: int, start: date, end: date) -> list[str]:
    """That requests of these days name, in alphabetical order."""
    where, values = _place(organization_id, [deployment_id], start, end, environment=None)
    query = sql.SQL("SELECT DISTINCT environment FROM rollups_request_day WHERE {} ORDER BY 1").format(where)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [name for (name,) in cursor.fetchall()]


def attempts_by_month(
    *, organization_id: int, deployment_id: int, start: date, end: date
) -> dict[tuple[date, str], AttemptSums]:
    """By the first day of the month (UTC) and the provider, in every environment: a provider's bill knows none."""
    place = _place(organization_id, [deployment_id], start, end, environment=None)
    month = sql.SQL("date_trunc('month', day)::date")
    rows = _sums("attempt", ATTEMPT_SUMS, [month, "provider"], place)
    return {(first, provider): AttemptSums(*sums) for first, provider, *sums in rows}


def attempts_by(
    *keys: AttemptKey,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[tuple[str, ...], AttemptSums]:
    """By labels of attempts: who was asked, why they failed, whether they repeat."""
    place = _place(organization_id, [deployment_id], start, end, environment)
    n = len(keys)
    return {tuple(row[:n]): AttemptSums(*row[n:]) for row in _sums("attempt", ATTEMPT_SUMS, list(keys), place)}


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


def folded(*, organization_id: int, deployment_id: int, start: date, end: date) -> list[str]:
    """Kinds of labels of which there were more than are told apart, in the window."""
    where, values = _place(organization_id, [deployment_id], start, end, environment=None)
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
    organization_id: int, deployment_ids: Collection[int], start: date, end: date, environment: str | None
) -> tuple[sql.SQL, dict[str, Any]]:
    """The condition that all reads of a window share, with its values."""
    where = (
        "organization_id = %(organization)s AND deployment_id = ANY(%(deployments)s) "
        "AND day BETWEEN %(start)s AND %(end)s"
    )
    values = {"organization": organization_id, "deployments": list(deployment_ids), "start": start, "end": end}
    if environment is None:
        return sql.SQL(where), values
    return sql.SQL(where + " AND environment = %(environment)s"), values | {"environment": environment}


def _under(policy: str, place: tuple[sql.SQL, dict[str, Any]]) -> tuple[sql.SQL, dict[str, Any]]:
    where, values = place
    return sql.SQL(where.as_string() + " AND policy = %(policy)s"), values | {"policy": policy}


def _sums(
    cube: str, names: Sequence[str], keys: Sequence[str | sql.Composable], place: tuple[sql.SQL, Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    where, values = place
    columns = [sql.SQL("coalesce(sum({})::bigint, 0)").format(sql.Identifier(name)) for name in names]
    labels = [sql.Identifier(key) if isinstance(key, str) else key for key in keys]
    query = sql.SQL("SELECT {columns} FROM {table} WHERE {where} GROUP BY {labels} ORDER BY {labels}").format(
        columns=sql.SQL(", ").join([*labels, *columns]),
        table=sql.Identifier(f"rollups_{cube}_day"),
        where=where,
        labels=sql.SQL(", ").join(labels),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _sketches(place: tuple[sql.Composable, Mapping[str, Any]]) -> dict[int, dict[str, tuple[int, ...]]]:
    """By deployment."""
    return _merged("deployment_id", REQUEST_SKETCHES, place)


def _merged(
    by: str, names: Sequence[str], place: tuple[sql.Composable, Mapping[str, Any]]
) -> dict[Any, dict[str, tuple[int, ...]]]:
    """Merging adds the counts of a bucket (entries are bucket << 32 | count), which SQL does as well."""
    where, values = place
    named = [sql.SQL("({}, {})").format(sql.Literal(name), sql.Identifier(sketch_column(name))) for name in names]
    query = sql.SQL(
        "SELECT {by}, name, array_agg(entry ORDER BY entry) FROM ("
        "SELECT {by}, name, (packed >> 32 << 32) + sum(packed & 4294967295)::bigint AS entry "
        "FROM rollups_request_day CROSS JOIN LATERAL (VALUES {named}) s (name, sketch) CROSS JOIN unnest(sketch) packed "
        "WHERE {where} GROUP BY {by}, name, packed >> 32) merged GROUP BY {by}, name ORDER BY {by}, name"
    ).format(by=sql.Identifier(by), named=sql.SQL(", ").join(named), where=where)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: dict[Any, dict[str, tuple[int, ...]]] = {}
        for one, name, entries in cursor.fetchall():
            found.setdefault(one, {})[name] = tuple(entries)
        return found


def tokens_of(*, organization_id: int, provider: str, model: str, start: date, end: date) -> tuple[int, date] | None:
    """Input and output tokens of a model in all deployments of an organization, and the first of these days it was used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0))::bigint, min(day) "
            "FROM rollups_attempt_day WHERE organization_id = %s AND provider = %s AND model = %s "
            "AND day BETWEEN %s AND %s",
            [organization_id, provider, model, start, end],
        )
        tokens, first = cursor.fetchone()
    return (tokens, first) if tokens else None


def unpriced_since(*, organization_id: int, deployment_id: int) -> dict[tuple[str, str], date]:
    """By provider and model, the first day with an attempt that lacks a price."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT provider, model, min(day) FROM rollups_attempt_day "
            "WHERE organization_id = %s AND deployment_id = %s AND unpriced > 0 GROUP BY 1, 2",
            [organization_id, deployment_id],
        )
        return {(provider, model): day for provider, model, day in cursor.fetchall()}
