"""Requests derived from spans, as they are stored: which there are of some units, and how others take their place."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql as pg

from apps.ingest.questions import place, sql
from apps.ingest.resolve import ATTEMPT_COLUMNS, REQUEST_COLUMNS, Owner, Resolved
from apps.ingest.stored_facts import Stale, days_of

Identity = tuple[date, str]


class Replaced(NamedTuple):
    """Times of all requests that changed, and those that are no more."""

    times: set[datetime]
    gone: list[Identity]


def replace(stale: Sequence[Stale], derived: Sequence[Resolved], owner: Owner) -> Replaced:
    """Put what differs in the place of what is stored of these units."""
    wanted = {(one.received_at.date(), one.request_id): one for one in derived}
    stored = _stored(stale, owner)
    gone = {
        identity: received_at
        for identity, (received_at, content) in stored.items()
        if identity not in wanted or wanted[identity].content_hash != content
    }
    new = [one for identity, one in wanted.items() if identity not in stored or identity in gone]
    _delete(owner, list(gone))
    return Replaced(set(gone.values()) | _insert(new), [identity for identity in gone if identity not in wanted])


def _stored(stale: Sequence[Stale], owner: Owner) -> dict[Identity, tuple[datetime, bytes]]:
    values: dict[str, Any] = {**place(owner), "days": days_of(stale), "units": [one.unit.key for one in stale]}
    with connection.cursor() as cursor:
        cursor.execute(sql("derived_of_units"), values)
        return {(day, request_id): (at, bytes(content)) for day, request_id, at, content in cursor.fetchall()}


def _delete(owner: Owner, identities: Sequence[Identity]) -> None:
    if not identities:
        return
    days, ids = [day for day, _ in identities], [request_id for _, request_id in identities]
    with connection.cursor() as cursor:
        values: dict[str, Any] = {**place(owner), "days": days, "ids": ids, "first": min(days), "last": max(days)}
        cursor.execute(sql("delete_derived"), values)


def _insert(rows: Sequence[Resolved]) -> set[datetime]:
    """The times of what was stored. A request posted in the native format under the same id came first and is kept."""
    if not rows:
        return set()
    _make_partitions({row.received_at.date() for row in rows})
    stored = insert_rows("traces_request", REQUEST_COLUMNS, [row.request for row in rows])
    kept = [row for row in rows if (row.received_at.date(), row.request_id) in stored]
    attempts = [attempt for row in kept for attempt in row.attempts]
    if attempts:
        insert_rows("traces_attempt", ATTEMPT_COLUMNS, attempts)
    return {row.received_at for row in kept}


def _make_partitions(days: set[date]) -> None:
    """A request may begin on a day of which no span was filed, and which nobody has reported from before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d FROM unnest(%s::date[]) d WHERE to_regclass('traces_request_' || to_char(d, 'YYYYMMDD')) IS NULL",
            [sorted(days)],
        )
        for (day,) in cursor.fetchall():
            cursor.execute("SELECT traces_make_partitions(%s, %s)", [day, day])


def insert_rows(
    table: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[Any, ...]],
    *,
    returning: str = "day, request_id",
) -> set[tuple[Any, ...]]:
    """Those of the rows that were not there.

    COPY into a parent table is refused where the walls stand, so rows go by way of a temporary table, and the policies
    check what moves on from there.
    """
    own = {
        "table": pg.Identifier(table),
        "columns": pg.SQL(", ").join(pg.Identifier(name) for name, _ in columns),
        "returning": pg.SQL(returning),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            pg.SQL(
                "CREATE TEMPORARY TABLE incoming_rows ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
            ).format(**own)
        )
        with cursor.copy(pg.SQL("COPY incoming_rows ({columns}) FROM STDIN (FORMAT BINARY)").format(**own)) as out:
            out.set_types([kind for _, kind in columns])
            for row in rows:
                out.write_row(row)
        cursor.execute(
            pg.SQL(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming_rows "
                "ON CONFLICT DO NOTHING RETURNING {returning}"
            ).format(**own)
        )
        stored = set(cursor.fetchall())
        cursor.execute("DROP TABLE incoming_rows")
        return stored
