"""One call of a provider, as an attempt; and the pieces both ways of reading share."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.ingest.adapters.litellm_otel_v2 import facts
from apps.ingest.adapters.times import milliseconds
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Attempt, Usage

UNKNOWN_ERROR = "unknown"
"""Of an attempt that is known to have failed, and of which nothing else is known."""
_OPERATIONS = {"text_completion": "completion", "image": "image_generation"}


@dataclass
class Selection:
    """A choice of a deployment in a model group: from then on an attempt is under way."""

    at_ns: int
    group: str | None
    reason: str | None
    attempt: int | None
    span: SpanFact | None = None
    """The route span, where the choice has one of its own."""
    call: SpanFact | None = None

    @property
    def started_ns(self) -> int:
        """Of the attempt. A call that began before its choice is one that LiteLLM let run on from an earlier try."""
        return self.at_ns if self.call is None else max(self.at_ns, self.call.started_ns)


def selections_of(spans: list[SpanFact]) -> list[Selection]:
    """The choices that these spans carry as events, in the order of time."""
    found = [
        Selection(
            at_ns=event.at_ns,
            group=event.attributes.get(facts.GROUP),
            reason=event.attributes.get("reason"),
            attempt=event.attributes.get("attempt"),
            span=span if span.role == "route" else None,
        )
        for span in spans
        for event in span.events
        if event.name == facts.SELECTED
    ]
    return sorted(found, key=_in_time)


def _in_time(selection: Selection) -> tuple[int, str]:
    return selection.at_ns, selection.span.span_id if selection.span else ""


def attempt_of(selection: Selection, *, received_ns: int, last_and_served: bool) -> Attempt:
    """Null is what the span does not say. A choice without a call failed, unless the answer came from it."""
    call = selection.call
    offset = milliseconds(selection.started_ns - received_ns)
    if call is None:
        return Attempt(start_offset_ms=offset, error_type=None if last_and_served else UNKNOWN_ERROR)
    said = call.attributes
    clipped = call.started_ns < selection.at_ns
    provider = said.get("gen_ai.provider.name") or said.get("gen_ai.system")
    status, error_type = _error(call)
    usage = _usage(said)
    cost = said.get("litellm.cost.total")
    return Attempt(
        provider=provider,
        model=_model(said.get("litellm.provider.model"), provider),
        response_model=_unless_alias(said.get("gen_ai.response.model"), said.get(facts.GROUP)),
        start_offset_ms=offset,
        latency_ms=None if call.ended_ns is None else milliseconds(call.ended_ns - selection.started_ns),
        ttft_ms=_ttft(call, since_ns=selection.at_ns if clipped else call.started_ns),
        status=status,
        error_type=error_type,
        response_id=said.get("gen_ai.response.id"),
        usage=usage,
        cost=Decimal(repr(cost)) if cost and usage is not None else None,
        cost_basis="gateway" if cost and usage is not None else None,
    )


def _error(call: SpanFact) -> tuple[int | None, str | None]:
    """(HTTP status, class). A timeout's 408 is LiteLLM's own: nobody answered."""
    if not call.failed:
        return None, None
    name = call.attributes.get("error.type") or UNKNOWN_ERROR
    code = call.attributes.get("litellm.provider.error.code", "")
    if name == "Timeout":
        return None, "timeout"
    return (int(code) if code.isdigit() and 100 <= int(code) <= 599 else None), name


def _usage(said: dict[str, Any]) -> Usage | None:
    """Nothing in and nothing out is what a failed or silent call says, so it is not known."""
    tokens_in, tokens_out = said.get("gen_ai.usage.input_tokens"), said.get("gen_ai.usage.output_tokens")
    if not tokens_in and not tokens_out:
        return None
    return Usage(
        input_tokens=tokens_in,
        cache_read_input_tokens=said.get("gen_ai.usage.cache_read.input_tokens"),
        cache_write_input_tokens=said.get("gen_ai.usage.cache_write.input_tokens"),
        output_tokens=tokens_out,
        reasoning_output_tokens=said.get("gen_ai.usage.reasoning.output_tokens"),
    )


def _model(named: str | None, provider: str | None) -> str | None:
    """LiteLLM writes `provider/model`; the provider's prefix goes once, others are part of the name."""
    if named is None or provider is None:
        return named
    return named.removeprefix(f"{provider}/") or None


def _unless_alias(model: str | None, group: str | None) -> str | None:
    """A proxy puts the group's name where the answering model should be."""
    return None if model == group else model


def _ttft(call: SpanFact, *, since_ns: int) -> float | None:
    seconds = call.attributes.get("gen_ai.response.time_to_first_chunk")
    if seconds is None or not call.attributes.get("litellm.request.streaming"):
        return None
    first_ns = call.started_ns + round(seconds * 1e9)
    if call.ended_ns is not None and first_ns >= call.ended_ns:
        return None
    return milliseconds(first_ns - since_ns)


def streaming_of(calls: list[SpanFact]) -> bool | None:
    """LiteLLM marks a streamed call and says nothing of another."""
    return any(call.attributes.get("litellm.request.streaming") for call in calls) if calls else None


def operation_of(spans: list[SpanFact]) -> str:
    for span in spans:
        name = span.attributes.get("gen_ai.operation.name") or span.attributes.get(facts.OPERATION)
        if name:
            return _OPERATIONS.get(name, str(name))
    return "chat"
