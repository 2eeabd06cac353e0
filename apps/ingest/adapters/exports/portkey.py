"""Rows of Portkey's log export.

It has no count of attempts, and its cost comes in a unit that the export does not name: it is left out, unless the tenant
names the unit by mapping the columns itself.
"""

from apps.ingest.adapters.allowed import operation
from apps.ingest.adapters.exports import labels, values
from apps.ingest.adapters.exports.calls import request_of, usage_of
from apps.ingest.adapters.exports.values import Row
from apps.traces.nouns import Request

NAME = "Portkey"
MARKS = frozenset({"ai_org", "ai_model", "created_at", "response_time"})


def read(row: Row) -> Request:
    status = values.status(row, "response_status_code")
    succeeded = values.flag(row, "is_success")
    return request_of(
        request_id=values.text(row, "id"),
        received_at=values.moment(row, "created_at"),
        served=succeeded if succeeded is not None else status is not None and status < 400,
        provider=values.text(row, "ai_org"),
        model=values.text(row, "ai_model"),
        labels=labels.of_pairs(values.inner(row, "metadata")),
        operation=operation("", values.given(row, "request_url")) or "chat",
        latency_ms=values.number(row, "response_time"),
        status=status,
        error_type=None if status is None else str(status),
        usage=usage_of(values.whole(row, "req_units"), values.whole(row, "res_units")),
    )
