"""One row of the callback to the fact that is kept of it."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.ingest.adapters import allowed
from apps.ingest.adapters.exports import labels, values
from apps.ingest.adapters.exports.calls import OPERATIONS
from apps.ingest.adapters.litellm_callback import CALL_ID, DIALECT, UNIT
from apps.ingest.refusals import ItemError
from apps.ingest.spans import CLIENT_KIND, ERROR_STATUS, SpanFact

MARKS = frozenset({"litellm_call_id", "trace_id", "call_type", "startTime", "status_fields"})


def fact_of(row: Mapping[str, Any]) -> SpanFact:
    """Raises ItemError."""
    call_id = allowed.word("", values.given(row, "litellm_call_id"))
    if call_id is None:
        raise ItemError("missing_field", "litellm_call_id: without it the row belongs to no call.")
    said = values.inner(row, "metadata")
    begin, end = _nanoseconds(row, "startTime"), _nanoseconds(row, "endTime")
    if begin is None:
        raise ItemError("missing_field", "startTime: without a time the row belongs nowhere.")
    of_proxy = _is_of_the_proxy(said)
    group = call_id if of_proxy else allowed.word("", values.given(row, "trace_id")) or call_id
    failed = values.text(row, "status") == "failure"
    return SpanFact(
        trace_id=f"{UNIT}{group}",
        span_id=_name(call_id, row.get("id"), begin, failed),
        parent_span_id=None,
        dialect=DIALECT,
        role="llm",
        kind=CLIENT_KIND,
        started_ns=begin,
        ended_ns=end if end is not None and end >= begin else None,
        status_code=ERROR_STATUS if failed else 0,
        attributes=_attributes(row, said, call_id=call_id, of_proxy=of_proxy, failed=failed),
    )


def _attributes(
    row: Mapping[str, Any], said: Mapping[str, Any], *, call_id: str, of_proxy: bool, failed: bool
) -> dict[str, Any]:
    error = values.inner(row, "error_information")
    usage = values.inner(said, "usage_object")
    inside = values.inner(usage, "prompt_tokens_details")
    cost = values.money(row, "response_cost")
    found = {
        CALL_ID: call_id,
        "proxy": of_proxy or None,
        "operation": OPERATIONS.get(values.text(row, "call_type") or "") or allowed.word("", row.get("call_type")),
        "provider": values.text(row, "custom_llm_provider"),
        "model": values.text(row, "model"),
        "group": values.text(row, "model_group"),
        "answered": None if failed else _unless_alias(values.text(values.inner(row, "response"), "model"), row),
        "response_id": None if failed else values.text(row, "id"),
        "input": values.whole(row, "prompt_tokens"),
        "output": values.whole(row, "completion_tokens"),
        "cache_read": values.whole(inside, "cached_tokens"),
        "cache_write": values.whole(inside, "cache_creation_tokens", "cache_write_tokens"),
        "reasoning": values.whole(values.inner(usage, "completion_tokens_details"), "reasoning_tokens"),
        "cost": _text(cost),
        "first_ns": _nanoseconds(row, "completionStartTime"),
        "streaming": bool(values.flag(row, "stream")) or None,
        "cache_hit": bool(values.flag(row, "cache_hit")) or None,
        "error": values.error_class(error, "error_class") if failed else None,
        "status": _status(error) if failed else None,
        "labels": _labels(row, said),
    }
    return {name: value for name, value in found.items() if value is not None}


def _is_of_the_proxy(said: Mapping[str, Any]) -> bool:
    """Its rows name the key that the caller came with, or the address it called."""
    return values.given(said, "user_api_key_request_route", "user_api_key_hash") is not None


def _unless_alias(model: str | None, row: Mapping[str, Any]) -> str | None:
    """A proxy puts the group's name where the answering model should be."""
    return None if model == row.get("model_group") else model


def _labels(row: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any] | None:
    tagged = labels.of_tags(values.items(row, "request_tags"))
    for name in ("requester_metadata", "spend_logs_metadata"):
        tagged = labels.merged(tagged, labels.of_caller(values.inner(said, name)))
    return {name: value for name, value in tagged._asdict().items() if value} or None


def _status(error: Mapping[str, Any]) -> int | None:
    """The status of the provider's answer; `500_PROVIDER_INTERNAL_ERROR` has it where the code is a word."""
    normal = values.text(error, "normalized_error") or ""
    return values.status(error, "error_code") or values.status({"status": normal.partition("_")[0]}, "status")


def _nanoseconds(row: Mapping[str, Any], name: str) -> int | None:
    found = values.perhaps(row, name)
    return None if found is None else round(found.timestamp() * 1e6) * 1_000


def _text(cost: Decimal | None) -> str | None:
    if cost is None:
        return None
    if not cost.is_finite() or not 0 <= cost <= Decimal(str(allowed.MAX_COST)):
        raise ItemError("out_of_range", "response_cost: no attempt costs that much.")
    return str(cost)


def _name(call_id: str, row_id: Any, begin: int, failed: bool) -> str:
    """The same for a row that is sent again."""
    return hashlib.blake2b(f"{call_id}\0{row_id}\0{begin}\0{failed}".encode(), digest_size=8).hexdigest()
