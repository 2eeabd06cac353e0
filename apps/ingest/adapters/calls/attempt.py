"""A try as the noun that is stored."""

from decimal import Decimal
from typing import Any

from apps.ingest.adapters import kept
from apps.ingest.adapters.calls.attempts import Try
from apps.ingest.adapters.calls.provider import model_of, provider_of
from apps.ingest.adapters.times import milliseconds
from apps.traces.nouns import Attempt, Usage


def attempt_of(one: Try, *, received_ns: int) -> Attempt:
    """Null is what no span says. Zeros of a call that failed or told nothing are not known."""
    said = one.said
    usage = usage_of(said)
    cost = said.get(kept.COST) if usage is not None else None
    known_end = one.started_ns is not None and one.ended_ns is not None
    return Attempt(
        provider=provider_of(said),
        model=model_of(said),
        response_model=None if one.error else answering_model(said),
        service_tier=said.get(kept.TIER, "standard"),
        start_offset_ms=None if one.started_ns is None else milliseconds(one.started_ns - received_ns),
        latency_ms=milliseconds(one.ended_ns - one.started_ns) if known_end else None,  # type: ignore[operator]
        ttft_ms=first_token_ms(one) if known_end else None,
        status=said.get(kept.STATUS),
        error_type=one.error,
        response_id=said.get(kept.RESPONSE_ID),
        usage=usage,
        cost=Decimal(repr(cost)) if cost else None,
        cost_basis="gateway" if cost else None,
    )


def usage_of(said: dict[str, Any]) -> Usage | None:
    tokens_in, tokens_out = said.get(kept.INPUT), said.get(kept.OUTPUT)
    if not tokens_in and not tokens_out:
        return None
    return Usage(
        input_tokens=tokens_in,
        cache_read_input_tokens=said.get(kept.CACHE_READ),
        cache_write_input_tokens=said.get(kept.CACHE_WRITE),
        output_tokens=tokens_out,
        reasoning_output_tokens=said.get(kept.REASONING),
    )


def answering_model(said: dict[str, Any]) -> str | None:
    """A gateway may put its own name for a group where the answering model should be."""
    answered = said.get(kept.ANSWERED)
    return None if answered == said.get(kept.GROUP) else answered


def first_token_ms(one: Try) -> float | None:
    """Null when it equals the end: then nothing was streamed."""
    seconds = one.said.get(kept.FIRST_CHUNK)
    if seconds is None or one.said.get(kept.STREAM) is False or one.started_ns is None:
        return None
    if one.ended_ns is not None and one.started_ns + round(seconds * 1e9) >= one.ended_ns:
        return None
    return milliseconds(round(seconds * 1e9))


def streams(said: dict[str, Any]) -> bool | None:
    if kept.STREAM in said:
        return bool(said[kept.STREAM])
    return True if kept.FIRST_CHUNK in said else None
