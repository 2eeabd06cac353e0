"""Rows of LiteLLM's table `LiteLLM_SpendLogs`: one for each request of its proxy.

Times are those of the last attempt, and the counters of retries and fallbacks miss some: a chain of two fallbacks with two
retries says 0 and 1. So the row is a lower bound of attempts, also where it says that there were none: counting only the
rows that look complete would show the tenant a retry rate of nothing.
"""

from typing import Any

from apps.ingest.adapters.exports import labels, values
from apps.ingest.adapters.exports.calls import OPERATIONS, request_of, usage_of, without_provider
from apps.ingest.adapters.exports.values import Row
from apps.traces.nouns import Request, Usage

NAME = "LiteLLM SpendLogs"
MARKS = frozenset({"request_id", "call_type", "spend", "startTime", "prompt_tokens"})


def read(row: Row) -> Request:
    said = values.inner(row, "metadata")
    begin, end = values.moment(row, "startTime"), values.perhaps(row, "endTime")
    provider, group = values.text(row, "custom_llm_provider"), values.text(row, "model_group")
    call_id = values.text(row, "litellm_call_id") or values.text(said, "litellm_call_id")
    served = (values.text(row, "status") or values.text(said, "status") or "success").lower() != "failure"
    retried = bool(values.whole(said, "attempted_retries") or values.whole(said, "attempted_fallbacks"))
    error = values.inner(said, "error_information")
    timeout = values.text(error, "error_class") == "Timeout"
    first = values.perhaps(row, "completionStartTime")
    latency = values.after(begin, end)
    found = labels.of_tags(values.items(row, "request_tags"))
    for name in ("requester_metadata", "spend_logs_metadata"):
        found = labels.merged(found, labels.of_caller(values.inner(said, name)))
    return request_of(
        request_id=call_id or values.text(row, "request_id"),
        received_at=begin,
        served=served,
        provider=provider,
        model=without_provider(values.text(row, "model"), provider),
        labels=found._replace(route=found.route or values.text(said, "original_model_group") or group),
        operation=OPERATIONS.get(values.text(row, "call_type") or "", "chat"),
        latency_ms=latency,
        ttft_ms=values.after(begin, first) if first != end else None,
        status=None if served or timeout else values.status(error, "error_code"),
        error_type="timeout" if timeout else values.error_class(error, "error_class"),
        response_id=values.text(row, "request_id") if served else None,
        usage=_usage(row, values.inner(said, "usage_object")),
        cost=values.money(row, "spend"),
        cache_hit=bool(values.flag(row, "cache_hit")) and served,
        latency_is_of_the_request=not retried,
        completeness="lower_bound",
    )


def _usage(row: Row, said: dict[str, Any]) -> Usage | None:
    inside = values.inner(said, "prompt_tokens_details")
    return usage_of(
        values.whole(row, "prompt_tokens"),
        values.whole(row, "completion_tokens"),
        cache_read=values.whole(inside, "cached_tokens"),
        cache_write=values.whole(inside, "cache_creation_tokens", "cache_write_tokens"),
        reasoning=values.whole(values.inner(said, "completion_tokens_details"), "reasoning_tokens"),
    )
