"""Requests with their figures as lines of CSV; what is not known is an empty cell."""

import csv
import json
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from io import StringIO
from typing import Any

from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.tables import cell
from apps.dashboards.queries.requests import WithAttempts
from apps.dashboards.queries.trace_links import trace_link_of
from apps.deployments.models import Deployment
from apps.rollups.one import Figures

COLUMNS = (
    "request_id",
    "received_at",
    "environment",
    "operation",
    "task",
    "route",
    "policy",
    "outcome",
    "attempts",
    "models",
    "providers",
    "statuses",
    "error_types",
    "latency_ms",
    "ttft_ms",
    "routing_overhead_ms",
    "retry_delay_ms",
    "billed_usd",
    "billed_is",
    "token_usd",
    "retry_usd",
    "quality",
    "cache_hit",
    "completeness",
    "grouping",
    "trace_id",
    "trace_url",
    "tags",
)
BETWEEN = " > "


def head() -> str:
    return _lines([COLUMNS])


def lines(deployment: Deployment, rows: Iterable[WithAttempts]) -> str:
    return _lines([cell(value) for value in _values(deployment, one)] for one in rows)


def _lines(rows: Iterable[Iterable[str]]) -> str:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _values(deployment: Deployment, one: WithAttempts) -> tuple[Any, ...]:
    row, found = one.request, one.figures
    told: dict[str, Any] = dict(found.request) if found else {}
    billed, sort = _billed(found)
    return (
        row.request_id,
        row.received_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        row.environment,
        row.operation,
        one.task,
        one.route,
        row.policy,
        row.outcome,
        row.attempt_count,
        BETWEEN.join(attempt.model or attempt.raw_model or "" for attempt in one.attempts),
        BETWEEN.join(attempt.provider or "" for attempt in one.attempts),
        BETWEEN.join("" if attempt.status is None else str(attempt.status) for attempt in one.attempts),
        BETWEEN.join(attempt.error_type or "" for attempt in one.attempts),
        _ms(row.latency_us),
        _ms(row.ttft_us),
        _ms(row.routing_overhead_us),
        _ms(told.get("retry_delay_us")),
        billed,
        sort,
        exact_dollars(told.get("token_nano")),
        exact_dollars(told.get("retry_nano")),
        row.quality,
        row.cache_hit,
        row.completeness,
        row.grouping,
        row.trace_id,
        trace_link_of(deployment, one) or None,
        json.dumps(row.tags, ensure_ascii=False, sort_keys=True) if row.tags else None,
    )


def _billed(found: Figures | None) -> tuple[Decimal | None, str]:
    """As the page says it: exactly, at least, at most, or not known."""
    nano = found.request["billed_nano"] if found else None
    if found is None or nano is None:
        return None, "unknown"
    if found.request["unknown_attempts"]:
        return (exact_dollars(nano), "at least") if nano else (None, "unknown")
    return exact_dollars(nano), "at most" if found.request["billed_is_upper_bound"] else "exact"


def _ms(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000
