"""Putting cells in the place of the ones they replace."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import polars as pl
from django.db import connection
from psycopg import sql

from apps.rollups.within import stretches

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


def replace(
    *,
    table: str,
    period: str,
    organization_id: int,
    deployment_id: int,
    periods: Sequence[datetime] | Sequence[date],
    cells: pl.DataFrame,
) -> int:
    """Delete the cells of these periods (column `period`: hour or day) of one deployment and write `cells`; their number.

    COPY into a table under row-level security is refused, so cells go by way of a temporary table, and the policies
    check what moves on from there. Lists become Postgres arrays.
    """
    stored = _as_stored(cells)
    own = {
        "table": sql.Identifier(table),
        "columns": sql.SQL(", ").join(sql.Identifier(name) for name in stored.columns),
        "organization": sql.Literal(organization_id),
        "deployment": sql.Literal(deployment_id),
        "stretches": sql.SQL(" OR ").join(
            sql.SQL("{} BETWEEN {} AND {}").format(sql.Identifier(period), sql.Literal(first), sql.Literal(last))
            for first, last in stretches(periods, STEPS[period])
        ),
    }
    with connection.cursor() as cursor:
        if periods:
            cursor.execute(
                sql.SQL(
                    "DELETE FROM {table} WHERE organization_id = {organization} AND deployment_id = {deployment} "
                    "AND ({stretches})"
                ).format(**own)
            )
        if cells.height:
            cursor.execute(
                sql.SQL(
                    "CREATE TEMPORARY TABLE incoming_cells ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
                ).format(**own)
            )
            copy_in = sql.SQL("COPY incoming_cells ({columns}) FROM STDIN (FORMAT csv)").format(**own)
            with cursor.copy(copy_in) as copy:
                copy.write(stored.write_csv(include_header=False).encode())
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {table} (organization_id, deployment_id, {columns}) "
                    "SELECT {organization}, {deployment}, {columns} FROM incoming_cells"
                ).format(**own)
            )
            cursor.execute("DROP TABLE incoming_cells")
    return cells.height


def _as_stored(cells: pl.DataFrame) -> pl.DataFrame:
    """As the tables keep them: sums of 0 as null, lists as arrays. Columns without any figure are left out."""
    sums = [
        pl.when(pl.col(name) != 0).then(pl.col(name)).alias(name)
        for name, kind in cells.schema.items()
        if kind == pl.Int64
    ]
    arrays = [
        (pl.lit("{") + pl.col(name).cast(pl.List(pl.String)).list.join(",") + pl.lit("}")).alias(name)
        for name, kind in cells.schema.items()
        if isinstance(kind, pl.List)
    ]
    figures = cells.with_columns(*sums, *arrays)
    return figures.select(column for column in figures if column.null_count() < figures.height)
