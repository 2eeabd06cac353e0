"""Rows into the day partitions by binary COPY, as the ingest role; and which of them are there already."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connections, transaction
from psycopg import sql

Columns = tuple[tuple[str, str], ...]


def connection() -> psycopg.Connection[Any]:
    """The driver's own connection, inside the transaction that Django opened."""
    wrapper = connections["ingest"]
    wrapper.ensure_connection()
    raw: psycopg.Connection[Any] = wrapper.connection
    return raw


def copy(parent: str, columns: Columns, rows: Iterable[Sequence[Any]], *, day: date) -> None:
    """Raises UniqueViolation when one is there already, UndefinedTable when the day has no partition yet."""
    with connection().cursor() as cursor, cursor.copy(_statement(parent, columns, day)) as out:
        out.set_types([kind for _, kind in columns])
        for row in rows:
            out.write_row(row)


@lru_cache(maxsize=4_096)
def _statement(parent: str, columns: Columns, day: date) -> str:
    return (
        sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
        .format(partition(parent, day), sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns))
        .as_string()
    )


def present(
    parent: str,
    found: Sequence[str],
    key: str,
    values: Sequence[str],
    *,
    organization_id: int,
    deployment_id: int,
    day: date,
) -> list[tuple[Any, ...]]:
    """The columns `found` of rows of this deployment and day whose `key` is one of `values`."""
    statement = sql.SQL(
        "SELECT {} FROM {} WHERE organization_id = %s AND deployment_id = %s AND day = %s AND {} = ANY(%s)"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, found)),
        partition(parent, day),
        sql.Identifier(key),
    )
    with connection().cursor() as cursor:
        return cursor.execute(statement, [organization_id, deployment_id, day, list(values)]).fetchall()


def partition(parent: str, day: date) -> sql.Identifier:
    return sql.Identifier(f"{parent}_{day:%Y%m%d}")


def make_partitions(days: Iterable[date]) -> None:
    """For days that nobody has reported from before; in a transaction of its own, since it locks the parents."""
    with transaction.atomic(using="ingest", durable=True), connections["ingest"].cursor() as cursor:
        for day in sorted(set(days)):
            cursor.execute("SELECT traces_make_partitions(%s, %s)", [day, day])
