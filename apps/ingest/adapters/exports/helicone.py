"""Rows of Helicone's export: one for each call that went through it, which nothing joins to the retries of the same request."""

from apps.ingest.adapters.allowed import operation
from apps.ingest.adapters.exports import labels, values
from apps.ingest.adapters.exports.calls import request_of, usage_of
from apps.ingest.adapters.exports.values import Row
from apps.traces.nouns import Request

NAME = "Helicone"
MARKS = frozenset({"request_id", "request_created_at", "response_status", "delay_ms"})


def read(row: Row) -> Request:
    status = values.status(row, "response_status")
    provider = values.text(row, "provider")
    ttft = values.number(row, "time_to_first_token")
    found = labels.of_pairs(values.inner(row, "properties"), values.inner(row, "request_properties"))
    return request_of(
        request_id=values.text(row, "request_id"),
        received_at=values.moment(row, "request_created_at"),
        served=status is not None and status < 400,
        provider=provider.lower() if provider else None,
        model=values.text(row, "model_override", "request_model", "model"),
        labels=found,
        response_model=values.text(row, "response_model"),
        operation=operation("", values.given(row, "request_path")) or "chat",
        latency_ms=values.number(row, "delay_ms"),
        ttft_ms=ttft,
        streaming=True if ttft else None,
        status=status,
        error_type=None if status is None else str(status),
        response_id=values.text(row, "response_id"),
        usage=usage_of(
            values.whole(row, "prompt_tokens"),
            values.whole(row, "completion_tokens"),
            cache_read=values.whole(row, "prompt_cache_read_tokens"),
            cache_write=values.whole(row, "prompt_cache_write_tokens"),
        ),
        cost=values.money(row, "costUSD", "cost_usd"),
        cache_hit=values.given(row, "cache_reference_id") is not None and status == 200,
    )
