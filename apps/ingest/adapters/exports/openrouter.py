"""OpenRouter's generation records, as its API and its logs give them: one a generation, whose provider attempts are not listed.

`latency` is left out: what it measures is described in two ways.
"""

from apps.ingest.adapters.exports import values
from apps.ingest.adapters.exports.calls import provider_of, request_of, usage_of
from apps.ingest.adapters.exports.labels import Labels
from apps.ingest.adapters.exports.values import Row
from apps.traces.nouns import Request

NAME = "OpenRouter"
MARKS = frozenset({"generation_id", "created_at"})
RECORD_MARKS = frozenset({"id", "created_at", "native_tokens_prompt", "native_tokens_completion"})
_FAILED = frozenset({"error", "failed"})


def read(row: Row) -> Request:
    finish = (values.text(row, "finish_reason_normalized", "finish_reason") or "").lower()
    cancelled = values.flag(row, "cancelled")
    model = values.text(row, "model_permaslug", "model")
    latency = values.number(row, "generation_time", "generation_time_ms")
    return request_of(
        request_id=values.text(row, "generation_id", "id"),
        received_at=values.moment(row, "created_at"),
        served=finish not in _FAILED and not cancelled,
        provider=values.text(row, "provider_name") or provider_of(model),
        model=model,
        labels=Labels(),
        latency_ms=latency,
        ttft_ms=values.number(row, "time_to_first_token_ms"),
        streaming=values.flag(row, "streamed"),
        error_type="cut" if cancelled else "unknown",
        usage=usage_of(
            values.whole(row, "native_tokens_prompt", "tokens_prompt"),
            values.whole(row, "native_tokens_completion", "tokens_completion"),
            cache_read=values.whole(row, "native_tokens_cached", "tokens_cached"),
            reasoning=values.whole(row, "native_tokens_reasoning", "tokens_reasoning"),
        ),
        cost=values.money(row, "total_cost", "cost_total", "usage"),
        latency_is_of_the_request=False,
    )
