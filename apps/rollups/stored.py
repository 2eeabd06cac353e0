"""Cells as they stand in the tables, as columns."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
from psycopg import sql

from apps.rollups.cells import Period, empty
from apps.rollups.plan import hours_of
from apps.rollups.raw import copy_out
from apps.rollups.sums import Cube


def hour_cells(
    cube: Cube, *, organization_id: int, deployment_id: int, days: Collection[date], without: Sequence[datetime] = ()
) -> pl.DataFrame:
    """Hour cells of these days, but not those of the hours `without`."""
    named = frozenset(without)
    days = [day for day in days if not named.issuperset(hours_of(day))]
    if not days:
        return empty(cube, "hour")
    hour_us = sql.SQL("(extract(epoch FROM hour) * 1000000)::bigint")
    wanted = sql.SQL(
        "hour >= {first} AND hour < {end} AND (hour AT TIME ZONE 'UTC')::date IN ({days}) AND hour <> ALL ({named})"
    ).format(**_range(days), named=sql.Literal([hour for hour in without if hour.date() in days]))
    return _read(cube, "hour", _query(cube, "hour", hour_us, wanted, (organization_id, deployment_id)))


def day_cells(cube: Cube, *, organization_id: int, deployment_id: int, days: Collection[date]) -> pl.DataFrame:
    if not days:
        return empty(cube, "day")
    in_days = sql.SQL("day IN ({days})").format(**_range(days))
    return _read(cube, "day", _query(cube, "day", sql.SQL("day"), in_days, (organization_id, deployment_id)))


def _range(days: Collection[date]) -> dict[str, sql.Composable]:
    beginning, end = datetime.combine(min(days), time(), UTC), datetime.combine(max(days), time(), UTC)
    return {
        "first": sql.Literal(beginning),
        "end": sql.Literal(end + timedelta(days=1)),
        "days": sql.SQL(", ").join(sql.Literal(day) for day in days),
    }


def _query(cube: Cube, tier: str, period: sql.SQL, within: sql.Composable, place: tuple[int, int]) -> sql.Composed:
    return sql.SQL(
        "SELECT {columns} FROM {table} WHERE organization_id = {organization} AND deployment_id = {deployment} AND {within}"
    ).format(
        columns=sql.SQL(", ").join([period, *(sql.Identifier(name) for name in cube.columns)]),
        table=sql.Identifier(f"{cube.table}_{tier}"),
        organization=sql.Literal(place[0]),
        deployment=sql.Literal(place[1]),
        within=within,
    )


def _read(cube: Cube, period: Period, query: sql.Composed) -> pl.DataFrame:
    kinds = empty(cube, period).schema
    wire = {
        name: pl.String() if isinstance(kind, pl.List | pl.Boolean) else pl.Int64() if name == "hour" else kind
        for name, kind in kinds.items()
    }
    told = copy_out(query, wire)
    labels = [key for key in cube.keys if key != "user_facing"]
    flags = [pl.col("user_facing") == "t"] if "user_facing" in cube.keys else []
    return told.with_columns(
        *flags,
        pl.col(period).cast(kinds[period]),
        pl.col(labels).fill_null(""),
        pl.col(cube.sums).fill_null(0),
        *(
            pl.col(name).str.strip_chars("{}").str.split(",").cast(pl.List(pl.Int64)).alias(name)
            for name in cube.sketches
        ),
    )
