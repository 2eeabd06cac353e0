"""Rebuild all stale hours of one deployment as one set: read raw rows as columns, evaluate, replace their cells.

Cells are a pure function of raw rows, prices and declarations, and are replaced whole: a replay, a duplicate, a crash in
the midst or a second worker at the same time changes nothing but the time it takes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from time import perf_counter, process_time
from typing import Any

import polars as pl
from django.conf import settings
from django.db import OperationalError

from apps.organizations import access
from apps.rollups import marks, stored, turns
from apps.rollups.appraise import evaluated
from apps.rollups.cells import cells, day_cells, empty, rows, whole_days
from apps.rollups.plan import ROWS_AT_ONCE, Bounds, Plan, plan, widen
from apps.rollups.prices import Prices, prices_of
from apps.rollups.raw import count_rows, read
from apps.rollups.replace import replace
from apps.rollups.sums import ATTEMPTS, CUBES, REQUESTS, TAGS, WHOLE, Cube
from apps.rollups.tagged import tagged_cells, tagged_days
from apps.rollups.within import days_of

TRIES = 3
SINCE_EVER = date(1, 1, 1)
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
    began, spent = perf_counter(), process_time()
    with access.snapshot_scope(turn.organization_id):
        if not turns.lock(turn):
            return None
        # In the snapshot: with older prices, the mark of newer ones would be cleared and they never come.
        prices = prices_of(turn.organization_id)
        planned, requests, written = _replace_cells(turn, prices, now)
        took, spent = perf_counter() - began, process_time() - spent
        turns.finish(turn, now=now, took=timedelta(seconds=took), spent=timedelta(seconds=spent))
    return Rebuilt(len(planned.hours), requests, written, len(planned.left), timedelta(seconds=perf_counter() - began))


def _replace_cells(turn: turns.Turn, prices: Prices, now: datetime) -> tuple[Plan, int, int]:
    bounds = current_bounds(now)
    place: Any = {"organization_id": turn.organization_id, "deployment_id": turn.deployment_id}
    stale = marks.stale_hours(**place)
    wanted = widen(stale.hours, bounds)
    rows = count_rows(**place, hours=sorted(wanted), large_day=ROWS_AT_ONCE, known=stale.rows)
    planned = plan(wanted, rows)
    done = [_replace_stretch(turn, portions, prices, bounds) for portions in planned.stretches]
    marks.clear(stale, **place, left=planned.left, now=now)
    return planned, sum(requests for requests, _ in done), sum(written for _, written in done)


@dataclass
class Computed:
    """Cells by the cube's table: hours, and days whose hours were not asked for."""

    requests: int
    hours: dict[str, pl.DataFrame]
    days: dict[str, pl.DataFrame]


def compute(
    turn: turns.Turn, portions: Iterable[Sequence[datetime]], prices: Prices, hours_from: date = SINCE_EVER
) -> Computed:
    """The cells that portions make: hours from that day on, and days before it, no two portions having one of these."""
    found = Computed(0, {}, {})
    for cube in CUBES:
        found.hours[cube.table], found.days[cube.table] = empty(cube, "hour"), empty(cube, "day")
    for portion in portions:
        raw = read(organization_id=turn.organization_id, deployment_id=turn.deployment_id, hours=portion)
        if raw.requests.is_empty():
            continue
        found.requests += raw.requests.height
        facts = evaluated(raw, prices.book, prices.terms)
        requests, late = rows(REQUESTS, facts), pl.col("day") >= hours_from
        for cube, counted in ((REQUESTS, requests), (ATTEMPTS, rows(ATTEMPTS, facts)), (TAGS, requests)):
            make = tagged_cells if cube is TAGS else partial(cells, cube)
            found.hours[cube.table].extend(make(counted.filter(late), "hour"))
            found.days[cube.table].extend(make(counted.filter(~late), "day"))
    return found


def days_from(cube: Cube, hours: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Day cells of a cube, out of all hour cells of those days, by table."""
    of_cube = hours[cube.table]
    return tagged_days(of_cube, hours[REQUESTS.table]) if cube is TAGS else day_cells(cube, of_cube)


def current_bounds(now: datetime) -> Bounds:
    return Bounds.on(
        now.date(),
        raw_retention_days=settings.RAW_RETENTION_DAYS,
        hour_retention_days=settings.HOUR_RETENTION_DAYS,
    )


def _replace_stretch(
    turn: turns.Turn, portions: Sequence[Sequence[datetime]], prices: Prices, bounds: Bounds
) -> tuple[int, int]:
    """Some days' hours, where they are kept, and the days. How many requests were read and cells written.

    Written before more is read, so that a long history needs no more memory than a short one.
    """
    hours = [hour for portion in portions for hour in portion]
    is_torn = len(portions) > 1
    fresh = compute(turn, portions, prices, SINCE_EVER if is_torn else bounds.hours_from)
    return fresh.requests, sum(_replace_cube(turn, cube, hours, fresh, bounds) for cube in CUBES)


def _replace_cube(turn: turns.Turn, cube: Cube, hours: Sequence[datetime], fresh: Computed, bounds: Bounds) -> int:
    """Hours where they are kept, then the days they lie in; days of kept hours take up their other hours' cells.

    These join the fresh ones, since the days of one cube may need the hours of another.
    """
    place = {"organization_id": turn.organization_id, "deployment_id": turn.deployment_id}
    of_hours, days = fresh.hours[cube.table], days_of(hours)
    kept = of_hours.filter(pl.col("hour").dt.date() >= bounds.hours_from)
    replace(table=f"{cube.table}_hour", period="hour", periods=hours, cells=kept, **place)
    kept_days = [day for day in days if day >= bounds.hours_from]
    others = stored.hour_cells(cube, days=kept_days, without=hours, **place)
    fresh.hours[cube.table] = pl.concat([of_hours, others])
    of_days = pl.concat([fresh.days[cube.table], days_from(cube, fresh.hours)])
    if cube is REQUESTS:
        replace(table=f"{WHOLE.table}_day", period="day", periods=days, cells=whole_days(of_days), **place)
    return replace(table=f"{cube.table}_day", period="day", periods=days, cells=of_days, **place) + kept.height
