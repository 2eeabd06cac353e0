"""Raw rows of a deployment's hours, as the columns that the arithmetic works on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import polars as pl
from django.db import connection
from psycopg import sql
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from apps.deployments.labels import MODEL, NO_LABELS, TAG_COLUMN, Labels, relabelled
from apps.deployments.models import PUBLISHED_ENGAGEMENT_LOSS_PPM as PUBLISHED_PPM
from apps.deployments.models import Assumptions
from apps.deployments.relabel import labels_of
from apps.quality.queries import CANDIDATES, evidence_of
from apps.rollups.labels import MOST_TAG_TEXT
from apps.rollups.within import RowKey, apart, named, within

SQL = Path(__file__).parent / "sql"

_REQUEST_COLUMNS = {
    "day": pl.Int32(),
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
    "tags": pl.String(),
}
_ATTEMPT_COLUMNS = {
    "day": pl.Int32(),
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
    """`requests`: row i has request_row = i; `attempts`: by request_row, then n, with at_us, the start of each; `evidence`:
    of their days, see apps.quality.queries.CANDIDATES."""

    requests: pl.DataFrame
    attempts: pl.DataFrame
    evidence: pl.DataFrame


def read(*, organization_id: int, deployment_id: int, hours: Sequence[datetime], with_evidence: bool = True) -> Raw:
    """All rows of these hours (their beginnings, UTC), seen in the transaction that is open.

    `user_facing` and `engagement_loss_ppm` are resolved by what the deployment declared for the day, `task` and `route` by
    its labels. Without evidence nothing can be said of choices, which are dear to evaluate.
    """
    labels = labels_of(deployment_id)
    asked = questions(organization_id, deployment_id, hours, labels.tags)
    return labelled(_read(deployment_id, asked, labels, with_evidence=with_evidence), labels)


def read_some(
    *,
    organization_id: int,
    deployment_id: int,
    keys: Collection[RowKey],
    labels: Labels,
    assumptions: Iterable[Assumptions] | None = None,
) -> Raw:
    """As `read`, the rows of these requests alone, called as `labels` say. `assumptions`: all, if already read."""
    values = _literals(organization_id, deployment_id, named(keys), labels.tags)
    asked = _question("requests_of_hours", values), _question("attempts_of_hours", values)
    return labelled(_read(deployment_id, asked, labels, assumptions), labels)


def sent(*, organization_id: int, deployment_id: int, hours: Sequence[datetime], labels: Labels) -> Raw:
    """As `read`, with task and route as they were sent, and all beside them that `labels` look at."""
    return _read(deployment_id, questions(organization_id, deployment_id, hours, labels.tags), labels)


def labelled(raw: Raw, labels: Labels) -> Raw:
    """What was `sent`, called as `labels` say, without what was beside it for them alone."""
    if labels == NO_LABELS:
        return raw
    looked_at = [MODEL, *(f"{TAG_COLUMN}{key}" for key in labels.tags)]
    return replace(raw, requests=relabelled(raw.requests, labels).drop(looked_at, strict=False))


def _read(
    deployment_id: int,
    asked: tuple[sql.Composed, sql.Composed],
    labels: Labels,
    assumptions: Iterable[Assumptions] | None = None,
    *,
    with_evidence: bool = True,
) -> Raw:
    of_requests, of_attempts = asked
    tags = {f"{TAG_COLUMN}{key}": pl.String() for key in labels.tags}
    requests = copy_out(of_requests, _REQUEST_COLUMNS | tags).with_columns(
        pl.col("day").cast(pl.Date), *(pl.col(name) == "t" for name in _BOOLEANS)
    )
    known = Assumptions.objects.filter(deployment_id=deployment_id) if assumptions is None else assumptions
    numbered = _declared(requests, known).with_row_index("request_row")
    attempts = copy_out(of_attempts, _ATTEMPT_COLUMNS)
    owners = numbered.select(pl.col("day").cast(pl.Int32), "request_id", "request_row", "received_us")
    owned = attempts.join(owners, on=("day", "request_id"))
    started = owned.with_columns(at_us=pl.col("received_us") + pl.col("start_offset_us").fill_null(0))
    ordered = started.drop("day", "request_id", "received_us").sort("request_row", "n")
    return Raw(
        requests=_planned(numbered, ordered) if labels.asks_model else numbered,
        attempts=ordered,
        evidence=evidence_of(deployment_id, numbered["day"].unique().to_list())
        if with_evidence
        else CANDIDATES.to_frame(eager=True),
    )


def _planned(requests: pl.DataFrame, attempts: pl.DataFrame) -> pl.DataFrame:
    """With the model that each was planned for, where rules ask for it."""
    first = attempts.filter(pl.col("n") == 0)
    models = pl.repeat(None, requests.height, dtype=pl.String, eager=True)
    return requests.with_columns(models.scatter(first["request_row"], first["model"]).alias(MODEL))


def questions(
    organization_id: int, deployment_id: int, hours: Sequence[datetime], tags: Sequence[str] = ()
) -> tuple[sql.Composed, sql.Composed]:
    """What asks for these rows: of requests, with the values of these tags, and of their attempts."""
    each = [_literals(organization_id, deployment_id, within(some), tags) for some in apart(hours)]
    requests, attempts = (
        sql.SQL("\nUNION ALL\n").join(_question(name, values) for values in each)
        for name in ("requests_of_hours", "attempts_of_hours")
    )
    return requests, attempts


def count_rows(
    *,
    organization_id: int,
    deployment_id: int,
    hours: Sequence[datetime],
    large_day: int,
    known: Mapping[date, int] = MappingProxyType({}),
) -> dict[datetime, int]:
    """How many requests these hours have: by hour for days of more than `large_day`, else all at the day's first hour.

    `known`: of days that are there whole, and need not be counted again.
    """
    ordered = sorted(hours)
    first_of_day: dict[date, datetime] = {}
    for hour in ordered:
        first_of_day.setdefault(hour.date(), hour)
    by_day = {day: rows for day, rows in known.items() if day in first_of_day}
    with connection.cursor() as cursor:
        if untold := [hour for hour in ordered if hour.date() not in by_day]:
            cursor.execute(_question("rows_of_days", _literals(organization_id, deployment_id, within(untold))))
            by_day |= dict(cursor.fetchall())
        large = [hour for hour in ordered if by_day.get(hour.date(), 0) > large_day]
        counted = {first_of_day[day]: rows for day, rows in by_day.items() if rows <= large_day}
        if large:
            cursor.execute(_question("rows_of_hours", _literals(organization_id, deployment_id, within(large))))
            counted |= dict(cursor.fetchall())
    return counted


def _declared(requests: pl.DataFrame, assumptions: Iterable[Assumptions]) -> pl.DataFrame:
    """Each request with the assumptions of its day; without any, nobody is said to wait, and the published loss holds."""
    declared = pl.DataFrame(
        [(one.effective_from, one.user_facing, one.engagement_loss_ppm) for one in assumptions],
        schema={"effective_from": pl.Date(), "workload": pl.Boolean(), "engagement_loss_ppm": pl.Int64()},
        orient="row",
    ).sort("effective_from")
    days = (
        requests.select("day")
        .unique()
        .sort("day")
        .join_asof(declared, left_on="day", right_on="effective_from")
        .with_columns(pl.col("engagement_loss_ppm").fill_null(PUBLISHED_PPM))
        .select("day", "workload", "engagement_loss_ppm")
    )
    in_force = days.select("workload", "engagement_loss_ppm").unique()
    if in_force.height == 1:  # nearly always, and a join of every row is dear
        workload, loss = in_force.row(0)
        known = requests.with_columns(
            pl.lit(workload, pl.Boolean()).alias("workload"), pl.lit(loss, pl.Int64()).alias("engagement_loss_ppm")
        )
    else:
        known = requests.join(days, on="day", maintain_order="left")
    return known.with_columns(user_facing=pl.coalesce("user_facing", "workload", pl.lit(value=False))).drop("workload")


def _literals(
    organization_id: int, deployment_id: int, where: sql.Composable, tags: Sequence[str] = ()
) -> dict[str, sql.Composable]:
    """COPY takes no parameters, so values are composed as literals."""
    return {
        "organization": sql.Literal(organization_id),
        "deployment": sql.Literal(deployment_id),
        "within": where,
        "tag_text": sql.Literal(MOST_TAG_TEXT),
        "tags_asked": sql.SQL("").join(sql.SQL(",\n    tags->>{}").format(sql.Literal(key)) for key in tags),
    }


def _question(name: str, values: dict[str, sql.Composable]) -> sql.Composed:
    text = (SQL / f"{name}.sql").read_text()
    return sql.SQL(text).format(**values)


def copy_out(query: sql.Composed, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """What a query answers, as columns of these kinds; needs the transaction of a scope."""
    told = copied(query)
    if not told.getbuffer().nbytes:
        return pl.DataFrame(schema=columns)
    return pl.read_csv(told, has_header=False, new_columns=list(columns), schema=pl.Schema(columns))


def copied(query: sql.Composed) -> BytesIO:
    """What a query answers, as CSV.

    Rows are taken from libpq directly: psycopg's iterator does the same at twice the time a row (1.0 against 0.5
    microseconds), and a rebuild is mostly reading.
    """
    buffer = BytesIO()
    with connection.cursor() as cursor, connection.wrap_database_errors:
        pgconn = cursor.connection.pgconn
        statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query).as_bytes(cursor.connection)
        begun = pgconn.exec_(statement)
        if begun.status != ExecStatus.COPY_OUT:
            raise error_from_result(begun)
        size, row = pgconn.get_copy_data(0)
        while size > 0:
            buffer.write(row)
            size, row = pgconn.get_copy_data(0)
        while (ended := pgconn.get_result()) is not None:
            if ended.status != ExecStatus.COMMAND_OK:
                raise error_from_result(ended)
    buffer.seek(0)
    return buffer
