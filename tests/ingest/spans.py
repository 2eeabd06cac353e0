"""Spans as LiteLLM's second generation would export them, for situations of which there is no capture."""

from typing import Any

from apps.ingest.adapters.litellm_otel_v2 import DIALECT, facts
from apps.ingest.spans import Event, Role, SpanFact

NOON_NS = 1_795_521_600 * 10**9  # 2026-11-24T12:00:00Z
TRACE = "a" * 32


def at(seconds: float) -> int:
    return NOON_NS + round(seconds * 1e9)


def span(
    span_id: str,
    role: Role,
    start: float,
    end: float,
    *,
    parent: str | None = "server",
    trace: str = TRACE,
    lane: str | None = None,
    error: bool = False,
    events: list[Event] | None = None,
    **said: Any,
) -> SpanFact:
    return SpanFact(
        trace_id=trace,
        span_id=span_id,
        parent_span_id=parent,
        dialect="http" if role == "server" else "" if role == "other" else DIALECT,
        role=role,
        kind=2 if role == "server" else 3 if role == "llm" else 1,
        started_ns=at(start),
        ended_ns=at(end),
        status_code=2 if error else 0,
        attributes=said,
        events=events or [],
        lane=lane,
    )


def chosen(seconds: float, group: str, reason: str = "initial", attempt: int = 1) -> Event:
    return Event(facts.SELECTED, at(seconds), {"group": group, "reason": reason, "attempt": attempt})


def server(end: float, *events: Event, status: int = 200, span_id: str = "server", start: float = 0) -> SpanFact:
    said: dict[str, Any] = {"operation": "chat", "http.response.status_code": status}
    return span(span_id, "server", start, end, parent=None, events=list(events), **said)


def call(
    span_id: str, group: str, start: float, end: float, *, proxy: bool = True, error: str | None = None, **fields: Any
) -> SpanFact:
    said: dict[str, Any] = {
        "group": group,
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "litellm.provider.model": f"openai/model-of-{group}",
        "gen_ai.usage.input_tokens": 0 if error else 100,
        "gen_ai.usage.output_tokens": 0 if error else 10,
        "litellm.cost.total": 0.0 if error else 0.001,
    }
    if proxy:
        said["operation"] = "chat"
    if error:
        said["error.type"] = error
    known = {key: fields.pop(key) for key in ("parent", "trace", "lane") if key in fields}
    return span(span_id, "llm", start, end, error=error is not None, **known, **(said | fields))


def route(span_id: str, event: Event | None, group: str, start: float, **fields: Any) -> SpanFact:
    return span(span_id, "route", start, start + 0.001, events=[event] if event else [], group=group, **fields)
