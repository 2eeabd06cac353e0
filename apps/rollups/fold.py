"""Sketches of cells, read and merged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import polars as pl
from django.db import connection
from psycopg import ServerCursor, sql
from psycopg.pq import Format

from apps.sketches.build import merge

Sketches = Mapping[str, tuple[int, ...]]
"""By name."""
Parts = dict[tuple[tuple[Any, ...], str], list[Iterable[int]]]
"""By key and name, sketches that are to be merged."""
AT_ONCE = 250_000
"""Entries that are held unmerged: each takes forty bytes as a number of Python's, and a year of many cells has millions."""
ROWS_AT_ONCE = 2_000
"""That are fetched."""


def folded(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> dict[tuple[Any, ...], Sketches]:
    """Of rows of keys and then a sketch of each name: what these are merged, by key and in its order, without empty ones.

    Merged here, since Postgres would unnest and group them: 90,000 entries took it 45 ms, and take 15 so, most of them on
    the way.
    """
    found: dict[tuple[Any, ...], dict[str, tuple[int, ...]]] = defaultdict(dict)
    for (key, name), (sketch,) in _merged(_parts(rows, names)).items():
        found[key][name] = tuple(sketch)
    return dict(found)


def _parts(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> Parts:
    parts, held = Parts(), 0
    for row in rows:
        for name, sketch in zip(names, row[-len(names) :], strict=True):
            if sketch:
                parts.setdefault((row[: -len(names)], name), []).append(sketch)
                held += len(sketch)
        if held > AT_ONCE:
            parts, held = _merged(parts), 0
    return parts


def _merged(parts: Parts) -> Parts:
    """In order, each with one sketch."""
    order = sorted(parts)
    frame = pl.DataFrame(
        {"group": range(len(order)), "sketch": [list(chain.from_iterable(parts[one])) for one in order]},
        schema={"group": pl.Int64, "sketch": pl.List(pl.Int64)},
    )
    return {order[group]: [sketch] for group, sketch in merge(frame, "group", "sketch").iter_rows()}


def in_binary(query: sql.Composed, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What a query answers, some rows at a time: a year of a deployment with thousands of cells a day is gigabytes. Arrays of
    numbers come in half the bytes and a third of the time that text takes, which Django's own cursors refuse; this one is
    wrapped as theirs are."""
    connection.ensure_connection()
    told: Any = ServerCursor(connection.connection, "cells", scrollable=False, withhold=connection.autocommit)
    told.format, told.itersize = Format.BINARY, ROWS_AT_ONCE
    with connection.make_debug_cursor(told) if connection.queries_logged else connection.make_cursor(told) as cursor:
        cursor.execute(query, values)
        yield from cursor
