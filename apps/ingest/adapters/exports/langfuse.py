"""Langfuse's observations: of its kinds only generations call a model. One that is retried by its SDK is one observation."""

from typing import Any

from apps.ingest.adapters.exports import labels, values
from apps.ingest.adapters.exports.calls import provider_of, request_of, usage_of
from apps.ingest.adapters.exports.values import Row
from apps.ingest.refusals import ItemError
from apps.traces.nouns import Request, Usage

NAME = "Langfuse"
MARKS = frozenset({"id", "traceId", "startTime", "type"})
TABLE_MARKS = frozenset({"id", "trace_id", "start_time", "type"})


def read(row: Row) -> Request:
    if (values.text(row, "type") or "").upper() != "GENERATION":
        raise ItemError("not_a_call", "The observation is no generation: it calls no model.")
    begin = values.moment(row, "startTime", "start_time")
    latency = values.after(begin, values.perhaps(row, "endTime", "end_time"))
    first = values.perhaps(row, "completionStartTime", "completion_start_time")
    failed = (values.text(row, "level") or "").upper() == "ERROR"
    model = values.text(row, "model", "providedModelName", "provided_model_name")
    cost = values.inner(row, "costDetails", "cost_details")
    return request_of(
        request_id=values.text(row, "id"),
        received_at=begin,
        served=not failed,
        provider=provider_of(model),
        model=model,
        labels=labels.of_pairs(values.inner(row, "metadata"), {"environment": values.given(row, "environment")}),
        latency_ms=latency,
        ttft_ms=values.after(begin, first),
        streaming=True if first is not None else None,
        usage=_usage(row, values.inner(row, "usageDetails", "usage_details", "usage")),
        cost=values.money(row, "calculatedTotalCost", "totalCost", "total_cost") or values.money(cost, "total"),
    )


def _usage(row: Row, said: dict[str, Any]) -> Usage | None:
    """Details named `input_*` are parts beside `input` where they come from Langfuse's own SDK; a total tells which."""
    cached = values.whole(said, "input_cached_tokens", "cache_read_input_tokens", "input_cache_read")
    written = values.whole(said, "cache_creation_input_tokens", "input_cache_creation")
    tokens_in = values.whole(said, "input", "prompt_tokens", "input_tokens", "promptTokens")
    tokens_out = values.whole(said, "output", "completion_tokens", "output_tokens", "completionTokens")
    reasoning = values.whole(said, "output_reasoning_tokens", "output_reasoning")
    total = values.whole(said, "total", "total_tokens", "totalTokens")
    if tokens_in is not None and tokens_out is not None:
        beside_in, beside_out = (cached or 0) + (written or 0), reasoning or 0
        if total == tokens_in + tokens_out + beside_in + beside_out:
            tokens_in, tokens_out = tokens_in + beside_in, tokens_out + beside_out
    if tokens_in is None and tokens_out is None:
        tokens_in = values.whole(row, "promptTokens", "inputUsage", "prompt_tokens", "input_usage")
        tokens_out = values.whole(row, "completionTokens", "outputUsage", "completion_tokens", "output_usage")
    return usage_of(tokens_in, tokens_out, cache_read=cached, cache_write=written, reasoning=reasoning)
