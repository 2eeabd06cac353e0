"""Recompute every cell from raw rows and compare it with the one that stands: every figure, all cubes, both tiers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import polars as pl

from apps.deployments.models import Deployment
from apps.organizations import access
from apps.rollups import marks, stored, turns
from apps.rollups.cells import whole_days
from apps.rollups.plan import ROWS_AT_ONCE, hours_of, plan, widen
from apps.rollups.prices import Prices, prices_of
from apps.rollups.raw import count_rows
from apps.rollups.rebuild import compute, current_bounds, days_from
from apps.rollups.sums import CUBES, REQUESTS, WHOLE, Cube

SHOWN = 20
"""Differences listed for one table; the rest is counted."""


@dataclass(frozen=True)
class Difference:
    """One figure of one cell; `stands` or `recomputed` is None where there is no such cell."""

    table: str
    cell: tuple[object, ...]
    figure: str
    stands: object
    recomputed: object


@dataclass(frozen=True)
class Verified:
    deployment: str
    requests: int
    cells: int
    figures: int
    pending: int
    """Days left out, since marks wait for them: their cells are known to be behind."""
    differences: tuple[Difference, ...]
    different_cells: int


def verify(*, organization_id: int, now: datetime) -> Iterator[Verified]:
    """One answer a deployment, each in a snapshot of its own."""
    with access.scope(organization_id):
        deployments = list(Deployment.objects.filter(organization_id=organization_id).values_list("pk", "slug"))
    for deployment_id, slug in deployments:
        with access.snapshot_scope(organization_id):
            yield _verify(turns.Turn(organization_id, deployment_id), slug, prices_of(organization_id), now)


def _verify(turn: turns.Turn, slug: str, prices: Prices, now: datetime) -> Verified:
    place: Any = {"organization_id": turn.organization_id, "deployment_id": turn.deployment_id}
    bounds = current_bounds(now)
    pending = {hour.date() for hour in widen(marks.stale_hours(**place).hours, bounds)}
    known = marks.rows_since(turn.organization_id, turn.deployment_id, bounds.raw_from)
    everything = widen({hour for day in known for hour in hours_of(day)}, bounds)
    hours = {hour for hour in everything if hour.date() not in pending}
    rows = count_rows(**place, hours=sorted(hours), large_day=ROWS_AT_ONCE, known=known)
    # A day at a time would be as right; portions of a bounded size keep the memory of one rebuild.
    planned = plan(hours, rows, in_all=sum(rows.values()) + 1)
    fresh = compute(turn, planned.portions, prices)
    kept = [day for day in planned.days if day >= bounds.hours_from]
    found: list[Difference] = []
    cells = figures = different = 0
    for cube in CUBES:
        recomputed = fresh.hours[cube.table]
        wanted_days = days_from(cube, fresh.hours)
        sets = [
            (cube, "hour", stored.hour_cells(cube, days=kept, **place), _within(recomputed, kept)),
            (cube, "day", stored.day_cells(cube, days=planned.days, **place), wanted_days),
        ]
        if cube is REQUESTS:
            sets.append((WHOLE, "day", stored.day_cells(WHOLE, days=planned.days, **place), whole_days(wanted_days)))
        for one, period, stands, wanted in sets:
            cells += wanted.height
            figures += wanted.height * (len(one.sums) + len(one.sketches))
            unequal = _unequal(one, period, stands, wanted)
            different += unequal.height
            found += islice(_differences(one, period, unequal), SHOWN)
    return Verified(slug, fresh.requests, cells, figures, len(pending), tuple(found), different)


def _within(hours: pl.DataFrame, days: Collection[date]) -> pl.DataFrame:
    return hours.filter(pl.col("hour").dt.date().is_in(list(days)))


def _unequal(cube: Cube, period: str, stands: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Cells that differ, are missing or too many: figures of `stands`, and those recomputed with the suffix `_again`."""
    keys = [period, *cube.keys]
    figures = (*cube.sums, *cube.sketches)
    both = stands.with_columns(_stands=pl.lit(value=True)).join(
        wanted.with_columns(_wanted=pl.lit(value=True)),
        on=keys,
        how="full",
        coalesce=True,
        suffix="_again",
        maintain_order="left_right",
    )
    equal = pl.all_horizontal(
        "_stands", "_wanted", *(pl.col(name).eq_missing(pl.col(f"{name}_again")) for name in figures)
    )
    twice = pl.struct(keys).is_duplicated()
    return both.filter(~equal.fill_null(value=False) | twice)


def _differences(cube: Cube, period: str, unequal: pl.DataFrame) -> Iterator[Difference]:
    keys = (period, *cube.keys)
    for row in unequal.iter_rows(named=True):
        cell = tuple(row[key] for key in keys)
        table = f"{cube.table}_{period}"
        if not (row["_stands"] and row["_wanted"]):
            yield Difference(table, cell, "cell", row[cube.measure], row[f"{cube.measure}_again"])
            continue
        told = [name for name in (*cube.sums, *cube.sketches) if row[name] != row[f"{name}_again"]]
        for name in told or ["cell"]:
            yield Difference(table, cell, name, row.get(name, "twice"), row.get(f"{name}_again", "once"))
