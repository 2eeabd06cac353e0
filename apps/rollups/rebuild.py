"""Rebuild all stale hours of one deployment as one set: read raw rows as columns, evaluate, replace their cells.

Cells are a pure function of raw rows, prices and declarations, and are replaced whole: a replay, a duplicate, a crash in
the midst or a second worker at the same time changes nothing but the time it takes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import polars as pl
from django.conf import settings
from django.db import OperationalError

from apps.organizations import access
from apps.pricing.book import Book
from apps.rollups import marks, stored, turns
from apps.rollups.appraise import evaluated
from apps.rollups.cells import attempt_cells, day_cells, empty, request_cells
from apps.rollups.plan import ROWS_AT_ONCE, Bounds, Plan, plan, widen
from apps.rollups.prices import book_or_empty
from apps.rollups.raw import count_rows, read
from apps.rollups.replace import replace
from apps.rollups.sums import ATTEMPTS, CUBES, REQUESTS, Cube

TRIES = 3
_COULD_NOT_SERIALIZE = "40001"


@dataclass(frozen=True)
class Rebuilt:
    """`left`: hours that wait for the next rebuild."""

    hours: int
    requests: int
    cells: int
    left: int
    took: timedelta


def rebuild(*, organization_id: int, deployment_id: int, now: datetime) -> Rebuilt | None:
    """None when another worker is at it, or when the deployment is in quarantine."""
    turn = turns.Turn(organization_id, deployment_id)
    if not turns.begin(turn, now=now):
        return None
    try:
        return _tried(turn, now)
    except Exception as error:
        turns.fail(turn, now=now, error=error)
        raise


def _tried(turn: turns.Turn, now: datetime) -> Rebuilt | None:
    for attempt in range(TRIES):
        try:
            return _in_one_snapshot(turn, now)
        except OperationalError as error:
            lost = getattr(error.__cause__, "sqlstate", None) == _COULD_NOT_SERIALIZE
            if not lost or attempt == TRIES - 1:
                raise
    raise AssertionError("the last try returns or raises")


def _in_one_snapshot(turn: turns.Turn, now: datetime) -> Rebuilt | None:
    began = perf_counter()
    with access.snapshot_scope(turn.organization_id):
        if not turns.lock(turn):
            return None
        # In the snapshot: with an older list, the mark of a newer one would be cleared and its prices never come.
        book = book_or_empty()
        planned, requests, cells = _replace_cells(turn, book, now)
        turns.finish(turn, now=now, took=timedelta(seconds=perf_counter() - began))
    return Rebuilt(len(planned.hours), requests, cells, len(planned.left), timedelta(seconds=perf_counter() - began))


def _replace_cells(turn: turns.Turn, book: Book, now: datetime) -> tuple[Plan, int, int]:
    bounds = current_bounds(now)
    place: Any = {"organization_id": turn.organization_id, "deployment_id": turn.deployment_id}
    stale = marks.stale_hours(**place)
    wanted = widen(stale.hours, bounds)
    planned = plan(wanted, count_rows(**place, hours=sorted(wanted), large_day=ROWS_AT_ONCE))
    requests, fresh = compute(turn, planned, book)
    cells = sum(_replace_cube(turn, cube, planned, fresh[cube.table], bounds) for cube in CUBES)
    marks.clear(stale, **place, left=planned.left, now=now)
    return planned, requests, cells


def compute(turn: turns.Turn, planned: Plan, book: Book) -> tuple[int, dict[str, pl.DataFrame]]:
    """How many requests were read, and the hour cells they make, by the cube's table."""
    found: dict[str, list[pl.DataFrame]] = {cube.table: [empty(cube, "hour")] for cube in CUBES}
    requests = 0
    for portion in planned.portions:
        raw = read(organization_id=turn.organization_id, deployment_id=turn.deployment_id, hours=portion)
        if raw.requests.is_empty():
            continue
        requests += raw.requests.height
        facts = evaluated(raw, book)
        found[REQUESTS.table].append(request_cells(facts))
        found[ATTEMPTS.table].append(attempt_cells(facts))
    return requests, {table: pl.concat(frames) for table, frames in found.items()}


def current_bounds(now: datetime) -> Bounds:
    return Bounds.on(
        now.date(),
        raw_retention_days=settings.RAW_RETENTION_DAYS,
        hour_retention_days=settings.HOUR_RETENTION_DAYS,
    )


def _replace_cube(turn: turns.Turn, cube: Cube, planned: Plan, fresh: pl.DataFrame, bounds: Bounds) -> int:
    """Hours where they are kept, then the days they lie in; days of kept hours take up their other hours' cells."""
    place = {"organization_id": turn.organization_id, "deployment_id": turn.deployment_id}
    kept = fresh.filter(pl.col("hour").dt.date() >= bounds.hours_from)
    replace(table=f"{cube.table}_hour", period="hour", periods=planned.hours, cells=kept, **place)
    kept_days = [day for day in planned.days if day >= bounds.hours_from]
    others = stored.hour_cells(cube, days=kept_days, without=planned.hours, **place)
    days = day_cells(cube, pl.concat([fresh, others]))
    return replace(table=f"{cube.table}_day", period="day", periods=planned.days, cells=days, **place) + kept.height
