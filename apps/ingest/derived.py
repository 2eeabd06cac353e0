"""Requests derived from spans, as they are stored: which there are of some units, and how others take their place."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from apps.ingest.questions import place, sql
from apps.ingest.resolve import ATTEMPT_COLUMNS, LITELLM, OTLP, REQUEST_COLUMNS, Owner, Resolved
from apps.ingest.stored_facts import Stale, days_of
from apps.traces.models import Request

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
    rows = Request.objects.filter(
        organization_id=owner.organization_id,
        deployment_id=owner.deployment_id,
        day__in=days_of(stale),
        trace_id__in=[one.unit.key for one in stale],
        source__in=(OTLP, LITELLM),
    ).values_list("day", "request_id", "received_at", "content_hash")
    return {(day, request_id): (received_at, bytes(content)) for day, request_id, received_at, content in rows}


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
    stored = insert_rows("traces_request", REQUEST_COLUMNS, [row.request for row in rows])
    kept = [row for row in rows if (row.received_at.date(), row.request_id) in stored]
    insert_rows("traces_attempt", ATTEMPT_COLUMNS, [attempt for row in kept for attempt in row.attempts])
    return {row.received_at for row in kept}


def insert_rows(
    table: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[Any, ...]],
    *,
    returning: str = "day, request_id",
) -> set[tuple[Any, ...]]:
    """Those of the rows that were not there. Values travel as one document; COPY into a parent table is refused where
    the walls stand."""
    names = [name for name, _ in columns]
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f"INSERT INTO {table} ({listed}) SELECT {listed} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) "  # noqa: S608
        f"ON CONFLICT DO NOTHING RETURNING {returning}"
    )
    document = msgspec.json.encode([dict(zip(names, map(_as_text, row), strict=True)) for row in rows]).decode()
    with connection.cursor() as cursor:
        cursor.execute(statement, [document])
        return set(cursor.fetchall())


def _as_text(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
