"""Rows of OpenTracy's table `llm_traces`.

Its engine never fills `fallback_count` and `provider_attempts`, and writes 0 for what it did not measure: the time of
routing is one only where a cluster was chosen, and it is the decision alone.
"""

from msgspec.structs import replace

from apps.ingest.adapters.exports import values
from apps.ingest.adapters.exports.calls import request_of, usage_of
from apps.ingest.adapters.exports.labels import Labels
from apps.ingest.adapters.exports.values import Row
from apps.traces.nouns import Request

NAME = "OpenTracy"
MARKS = frozenset({"request_id", "selected_model", "cluster_id", "tokens_in"})
NO_CLUSTER = -1


def read(row: Row) -> Request:
    streaming = values.flag(row, "is_stream")
    request = request_of(
        request_id=values.text(row, "request_id"),
        received_at=values.moment(row, "timestamp"),
        served=not values.flag(row, "is_error"),
        provider=values.text(row, "provider"),
        model=values.text(row, "selected_model"),
        labels=Labels(),
        operation="embeddings" if values.text(row, "request_type") == "embedding" else "chat",
        latency_ms=values.number(row, "latency_ms") or None,
        ttft_ms=values.number(row, "ttft_ms"),
        streaming=streaming,
        error_type=values.error_class(row, "error_category"),
        usage=usage_of(values.whole(row, "tokens_in"), values.whole(row, "tokens_out")),
        cost=values.money(row, "total_cost_usd"),
        cache_hit=bool(values.flag(row, "cache_hit")) and not values.flag(row, "is_error"),
    )
    routing = values.number(row, "routing_ms")
    if not routing or _cluster(row) == NO_CLUSTER:
        return request
    return replace(request, routing_overhead_ms=routing, overhead_basis="decision_only")


def _cluster(row: Row) -> int:
    try:
        return int(values.given(row, "cluster_id"))
    except (TypeError, ValueError):
        return NO_CLUSTER
