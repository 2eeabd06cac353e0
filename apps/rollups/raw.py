"""Raw rows of a deployment's hours, as the columns that the arithmetic works on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl
from django.db import connection
from psycopg import sql

from apps.deployments.models import PUBLISHED_ENGAGEMENT_LOSS_PPM as PUBLISHED_PPM
from apps.deployments.models import Assumptions

SQL = Path(__file__).parent / "sql"

_REQUEST_COLUMNS = {
    "day": pl.Date(),
    "request_id": pl.String(),
    "received_us": pl.Int64(),
    "environment": pl.String(),
    "operation": pl.String(),
    "task": pl.String(),
    "route": pl.String(),
    "policy": pl.String(),
    "user_facing": pl.String(),
    "streaming": pl.String(),
    "routing_overhead_us": pl.Int64(),
    "overhead_basis": pl.String(),
    "latency_us": pl.Int64(),
    "ttft_us": pl.Int64(),
    "outcome": pl.String(),
    "serving_attempt": pl.Int16(),
    "cache_hit": pl.String(),
    "parallel": pl.String(),
    "quality": pl.Float64(),
    "completeness": pl.String(),
    "attempt_count": pl.Int16(),
}
_ATTEMPT_COLUMNS = {
    "day": pl.Date(),
    "request_id": pl.String(),
    "n": pl.Int16(),
    "provider": pl.String(),
    "model": pl.String(),
    "raw_model": pl.String(),
    "service_tier": pl.String(),
    "start_offset_us": pl.Int64(),
    "latency_us": pl.Int64(),
    "ttft_us": pl.Int64(),
    "status": pl.Int16(),
    "error_type": pl.String(),
    "input_tokens": pl.Int64(),
    "cache_read_input_tokens": pl.Int64(),
    "cache_write_input_tokens": pl.Int64(),
    "cache_write_1h_input_tokens": pl.Int64(),
    "output_tokens": pl.Int64(),
    "reasoning_output_tokens": pl.Int64(),
    "other_units": pl.String(),
    "reported_cost_nano": pl.Int64(),
    "currency": pl.String(),
}
_BOOLEANS = ("user_facing", "streaming", "cache_hit", "parallel")


@dataclass(frozen=True)
class Raw:
    """`requests`: row i has request_row = i; `attempts`: by request_row, then n, with at_us, the start of each."""

    requests: pl.DataFrame
    attempts: pl.DataFrame


def read(*, organization_id: int, deployment_id: int, hours: Sequence[datetime]) -> Raw:
    """All rows of these hours (their beginnings, UTC), seen in the transaction that is open.

    `user_facing` and `engagement_loss_ppm` are resolved by what the deployment declared for the day.
    """
    values = _literals(organization_id, deployment_id, sorted(hours))
    requests = _copy("requests_of_hours", values, _REQUEST_COLUMNS).with_columns(
        pl.col(name) == "t" for name in _BOOLEANS
    )
    numbered = _declared(requests, deployment_id).with_row_index("request_row")
    attempts = _copy("attempts_of_hours", values, _ATTEMPT_COLUMNS)
    of_requests = attempts.join(
        numbered.select("day", "request_id", "request_row", "received_us"), on=("day", "request_id")
    )
    started = of_requests.with_columns(at_us=pl.col("received_us") + pl.col("start_offset_us").fill_null(0))
    return Raw(requests=numbered, attempts=started.drop("day", "request_id", "received_us").sort("request_row", "n"))


def _declared(requests: pl.DataFrame, deployment_id: int) -> pl.DataFrame:
    """Each request with the assumptions of its day; without any, nobody is said to wait, and the published loss holds."""
    rows = Assumptions.objects.filter(deployment_id=deployment_id).order_by("effective_from")
    declared = pl.DataFrame(
        list(rows.values_list("effective_from", "user_facing", "engagement_loss_ppm")),
        schema={"effective_from": pl.Date(), "workload": pl.Boolean(), "engagement_loss_ppm": pl.Int64()},
        orient="row",
    )
    joined = requests.sort("day", "received_us", "request_id").join_asof(
        declared, left_on="day", right_on="effective_from"
    )
    return joined.with_columns(
        user_facing=pl.coalesce("user_facing", "workload", pl.lit(value=False)),
        engagement_loss_ppm=pl.col("engagement_loss_ppm").fill_null(PUBLISHED_PPM),
    ).drop("workload", "effective_from")


def _literals(organization_id: int, deployment_id: int, hours: Sequence[datetime]) -> dict[str, sql.Composable]:
    days = sorted({hour.astimezone(UTC).date() for hour in hours})
    return {
        "organization": sql.Literal(organization_id),
        "deployment": sql.Literal(deployment_id),
        "days": sql.SQL(", ").join(sql.Literal(day) for day in days),
        "hours": sql.SQL(", ").join(sql.Literal(hour) for hour in hours),
        "first": sql.Literal(hours[0]),
        "last": sql.Literal(hours[-1] + timedelta(hours=1)),
    }


def rows_by_hour(*, organization_id: int, deployment_id: int, hours: Sequence[datetime]) -> dict[datetime, int]:
    """How many requests each of these hours has; an hour without any is absent."""
    if not hours:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_question("rows_of_hours", _literals(organization_id, deployment_id, sorted(hours))))
        return dict(cursor.fetchall())


def _copy(question: str, values: dict[str, sql.Composable], columns: dict[str, pl.DataType]) -> pl.DataFrame:
    return copy_out(_question(question, values), columns)


def _question(name: str, values: dict[str, sql.Composable]) -> sql.Composed:
    """COPY takes no parameters, so values are composed as literals, which also lets the planner drop partitions."""
    text = (SQL / f"{name}.sql").read_text()
    return sql.SQL(text).format(**values)


def copy_out(query: sql.Composed, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """What a query answers, as columns of these kinds."""
    buffer = BytesIO()
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)) as copy:
        for block in copy:
            buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=columns)
    buffer.seek(0)
    return pl.read_csv(buffer, has_header=False, new_columns=list(columns), schema=pl.Schema(columns))
