"""Several windows of one organization, read together however different they are; needs it to be open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql

from apps.rollups.fold import Sketches, folded, in_binary
from apps.rollups.queries import Cells, Window, window_of
from apps.rollups.sums import ATTEMPT_SUMS, BASES, REQUEST_SUMS, AttemptSums, RequestSums, sketch_column

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Asked:
    """A window: days in UTC, both included; None for any environment, or any policy."""

    deployment_id: int
    start: date
    end: date
    environment: str | None
    policy: str | None = None


@dataclass(frozen=True)
class Side:
    """What `windows` tells of it, and its requests by task and planned model, '' where none was told."""

    window: Window
    planned: Mapping[tuple[str, str], RequestSums]


@dataclass
class _Read:
    """What is being read of one of them."""

    cells: Cells = field(default_factory=Cells)
    planned: dict[tuple[str, str], RequestSums] = field(default_factory=dict)
    sketches: Sketches = field(default_factory=dict)


def sides(*asked: Asked, organization_id: int) -> list[Side]:
    """Two statements, however many there are."""
    values = _values(asked, organization_id)
    found = [_Read() for _ in asked]
    _read_requests(found, values)
    _read_lists(found, values)
    return [
        Side(window_of(read.cells, one.start, one.end, one.environment, read.sketches), read.planned)
        for one, read in zip(asked, found, strict=True)
    ]


def _values(asked: Sequence[Asked], organization_id: int) -> dict[str, Any]:
    return {
        "organization": organization_id,
        "deployments": [one.deployment_id for one in asked],
        "since": [one.start for one in asked],
        "until": [one.end for one in asked],
        "environments": [one.environment for one in asked],
        "policies": [one.policy for one in asked],
    }


def _read_requests(found: Sequence[_Read], values: Mapping[str, Any]) -> None:
    query = sql.SQL((SQL / "requests_of_sides.sql").read_text()).format(sums=_sums(REQUEST_SUMS))
    for n, is_by_task, day, completeness, task, model, *told in _rows(query, values):
        read, sums = found[n - 1], RequestSums(*told)
        if is_by_task:
            read.planned[task, model] = sums
        else:
            read.cells.classes.setdefault(completeness, []).append(sums)
            read.cells.days.setdefault(day, []).append(sums)


def _read_lists(found: Sequence[_Read], values: Mapping[str, Any]) -> None:
    columns = [sql.SQL("c.{}").format(sql.Identifier(sketch_column(name))) for name in BASES]
    query = sql.SQL((SQL / "lists_of_sides.sql").read_text()).format(
        sketches=sql.SQL(", ").join(columns),
        no_sketches=sql.SQL(", ").join([sql.SQL("NULL")] * len(columns)),
        sums=_sums(ATTEMPT_SUMS),
    )
    cells = []
    for n, provider, sums, *sketches in in_binary(query, values):
        if sums is None:
            cells.append((n, *sketches))
        else:
            found[n - 1].cells.providers[provider] = AttemptSums(*sums)
    for (n,), merged in folded(cells, BASES).items():
        found[n - 1].sketches = merged


def _sums(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("coalesce(sum(c.{})::bigint, 0)").format(sql.Identifier(name)) for name in names)


def _rows(query: sql.Composed, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
