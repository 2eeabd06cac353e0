"""What all reads of cells share: which days of which deployments, sums by labels, sketches merged."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from django.db import connection
from psycopg import sql

from apps.rollups.fold import Sketches, folded, in_binary
from apps.rollups.sums import sketch_column


def placed(
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


def summed(
    cube: str,
    names: Sequence[str],
    keys: Sequence[str | sql.Composable],
    place: tuple[sql.SQL, Mapping[str, Any]],
    *,
    only: Mapping[str, sql.Composable] = MappingProxyType({}),
) -> list[tuple[Any, ...]]:
    """The keys and then the sums of each group, in the order of the keys. `only`: of which cells a sum is, if not of all."""
    where, values = place
    columns = [_sum(name, only.get(name)) for name in names]
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


def summed_beside_days(
    names: Sequence[str], of_days: Sequence[str], keys: Sequence[str], place: tuple[sql.SQL, Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    """Of requests, the keys, the completeness and its sums, then the days with any and for each name `of_days` the sums of
    these days, as lists: hundreds of days are few rows so. Materialized, since a table without statistics, such as one that
    was just filled, made the join sum the days again for each row."""
    where, values = place
    query = sql.SQL(
        "WITH classes AS MATERIALIZED ("
        "SELECT {keys}, completeness, {sums} FROM rollups_whole_day WHERE {where} GROUP BY {keys}, completeness"
        "), days AS MATERIALIZED (SELECT {keys}, {listed} FROM ("
        "SELECT {keys}, day, {daily} FROM rollups_whole_day WHERE {where} GROUP BY {keys}, day"
        ") each GROUP BY {keys}) "
        "SELECT {keys}, completeness, {columns}, {lists} FROM classes JOIN days USING ({keys}) ORDER BY {keys}, completeness"
    ).format(
        keys=_listed(keys),
        columns=_listed([f"sum_{name}" for name in names]),
        sums=_named_sums(names, "sum_"),
        daily=_named_sums(of_days, "of_"),
        lists=_listed(["days", *(f"list_{name}" for name in of_days)]),
        listed=sql.SQL(", ").join([_list("day", "days"), *(_list(f"of_{name}", f"list_{name}") for name in of_days)]),
        where=where,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _named_sums(names: Sequence[str], prefix: str) -> sql.Composed:
    named = [sql.SQL("{} AS {}").format(_sum(name, None), sql.Identifier(f"{prefix}{name}")) for name in names]
    return sql.SQL(", ").join(named)


def _list(name: str, called: str) -> sql.Composed:
    return sql.SQL("array_agg({} ORDER BY day) AS {}").format(sql.Identifier(name), sql.Identifier(called))


def summed_apart(
    cube: str,
    names: Sequence[str],
    sets: Sequence[Sequence[str]],
    place: tuple[sql.SQL, Mapping[str, Any]],
    *,
    only: sql.Composable | None = None,
) -> list[list[tuple[Any, ...]]]:
    """What `summed` gives for each of several sets of keys, from one reading of the cells. `only`: of which the sums are."""
    where, values = place
    keys = list(dict.fromkeys(key for some in sets for key in some))
    query = sql.SQL(
        "SELECT GROUPING({keys}), {columns} FROM {table} WHERE {where} GROUP BY GROUPING SETS ({sets}) ORDER BY 1, {keys}"
    ).format(
        keys=_listed(keys),
        columns=sql.SQL(", ").join([*map(sql.Identifier, keys), *(_sum(name, only) for name in names)]),
        table=sql.Identifier(f"rollups_{cube}_day"),
        where=where,
        sets=sql.SQL(", ").join(sql.SQL("({})").format(_listed(some)) for some in sets),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall()
    return [_of_set(some, keys, rows) for some in sets]


def _listed(keys: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, keys))


def _of_set(some: Sequence[str], keys: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """GROUPING has a bit for each key, the first one's the highest, which is set where a row is not grouped by it."""
    mask = int("".join("0" if key in some else "1" for key in keys), 2)
    places = [1 + keys.index(key) for key in some]
    return [(*(row[n] for n in places), *row[1 + len(keys) :]) for row in rows if row[0] == mask]


def _sum(name: str, only: sql.Composable | None) -> sql.Composed:
    some = sql.SQL("") if only is None else sql.SQL(" FILTER (WHERE {})").format(only)
    return sql.SQL("coalesce((sum({}){})::bigint, 0)").format(sql.Identifier(name), some)


def merged(
    keys: Sequence[str], names: Sequence[str], place: tuple[sql.Composable, Mapping[str, Any]]
) -> dict[tuple[Any, ...], Sketches]:
    """Of requests, by the keys, the sketches of these names."""
    if not names:
        return {}
    where, values = place
    query = sql.SQL("SELECT {columns} FROM rollups_request_day WHERE {where}").format(
        columns=_listed([*keys, *map(sketch_column, names)]), where=where
    )
    return folded(in_binary(query, values), names)
