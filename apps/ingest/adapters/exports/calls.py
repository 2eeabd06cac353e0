"""From what a row says of its one call to a request; the pieces every export shares."""

from datetime import datetime
from decimal import Decimal

from apps.ingest.adapters.exports.labels import Labels
from apps.ingest.refusals import ItemError
from apps.traces.nouns import Attempt, Completeness, CostBasis, Request, Usage

OPERATIONS = {
    "acompletion": "chat",
    "completion": "chat",
    "anthropic_messages": "chat",
    "agenerate_content": "chat",
    "generate_content": "chat",
    "text_completion": "completion",
    "atext_completion": "completion",
    "embedding": "embeddings",
    "aembedding": "embeddings",
    "responses": "responses",
    "aresponses": "responses",
    "rerank": "rerank",
    "arerank": "rerank",
    "image_generation": "image_generation",
    "aimage_generation": "image_generation",
    "transcription": "transcription",
    "atranscription": "transcription",
    "speech": "speech",
    "aspeech": "speech",
    "moderation": "moderation",
    "amoderation": "moderation",
}
"""LiteLLM's types of calls."""


def request_of(
    *,
    request_id: str | None,
    received_at: datetime,
    served: bool,
    provider: str | None,
    model: str | None,
    labels: Labels,
    response_model: str | None = None,
    operation: str = "chat",
    latency_ms: float | None = None,
    ttft_ms: float | None = None,
    streaming: bool | None = None,
    status: int | None = None,
    error_type: str | None = None,
    response_id: str | None = None,
    usage: Usage | None = None,
    cost: Decimal | None = None,
    currency: str = "USD",
    cost_basis: CostBasis | None = "gateway",
    cache_hit: bool = False,
    latency_is_of_the_request: bool = True,
    completeness: Completeness = "unknown",
    quality: float | None = None,
) -> Request:
    """One call as one request with one attempt. Raises ItemError without an id."""
    if request_id is None:
        raise ItemError("missing_field", "The row has no id of its call, so it could be counted twice.")
    first = None if ttft_ms is None or streaming is False or ttft_ms in (0, latency_ms) else ttft_ms
    attempt = Attempt(
        provider=provider,
        model=model,
        response_model=response_model,
        start_offset_ms=0.0,
        latency_ms=latency_ms,
        ttft_ms=first,
        status=status,
        error_type=None if served else error_type or "unknown",
        response_id=response_id,
        usage=usage,
        cost=cost if usage is not None else None,
        currency=currency,
        cost_basis=cost_basis if cost is not None and usage is not None else None,
    )
    return Request(
        request_id=request_id,
        received_at=received_at,
        attempts=[] if cache_hit else [attempt],
        environment=labels.environment or "production",
        operation=operation,
        task=labels.task,
        route=labels.route,
        policy=labels.policy,
        streaming=streaming,
        latency_ms=latency_ms if latency_is_of_the_request else None,
        ttft_ms=first if latency_is_of_the_request else None,
        outcome="served" if served else "failed",
        serving_attempt=0 if served and not cache_hit else None,
        cache_hit=cache_hit,
        quality=quality,
        tags=labels.tags,
        completeness=completeness,
    )


def usage_of(
    tokens_in: int | None,
    tokens_out: int | None,
    *,
    cache_read: int | None = None,
    cache_write: int | None = None,
    reasoning: int | None = None,
) -> Usage | None:
    """Nothing in and nothing out is what a failed or silent call says, so it is not known."""
    if not tokens_in and not tokens_out:
        return None
    return Usage(
        input_tokens=tokens_in,
        cache_read_input_tokens=cache_read,
        cache_write_input_tokens=cache_write,
        output_tokens=tokens_out,
        reasoning_output_tokens=reasoning,
    )


def without_provider(model: str | None, provider: str | None) -> str | None:
    """`provider/model` without its provider, once; other prefixes are part of the name."""
    if model is None or provider is None:
        return model
    prefix = f"{provider.lower()}/"
    return (model[len(prefix) :] or None) if model.lower().startswith(prefix) else model


def provider_of(model: str | None) -> str | None:
    """Of `vendor/model`, where the export has no field for it."""
    return model.split("/", 1)[0] if model and "/" in model else None
