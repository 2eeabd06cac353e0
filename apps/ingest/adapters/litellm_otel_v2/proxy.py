"""A request through LiteLLM's proxy: one server span, its choices, and those of its calls that were exported.

The proxy exports the first failed call and the last outcome; what failed between them is known only as a choice, and the
span of the last call may begin with an earlier try of it.
"""

from apps.ingest.adapters.litellm_otel_v2.calls import (
    Selection,
    attempt_of,
    operation_of,
    selections_of,
    streaming_of,
)
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.times import milliseconds, time_of
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Attempt, Completeness, Outcome, Request


def read(spans: list[SpanFact], server: SpanFact | None, *, trace_id: str, anchor: str) -> Made | None:
    """The request of the spans below one server span. Without it (it comes last) only what calls prove is told."""
    calls = sorted((s for s in spans if s.role == "llm"), key=lambda s: (s.ended_ns or s.started_ns, s.span_id))
    if server is None and not calls:
        return None
    selections = _selections(spans, server)
    _attach(calls, selections)
    selections.sort(key=lambda s: (s.started_ns, s.group or ""))
    if not selections and not _asks_for_a_model(server):
        return None
    outcome = _outcome(server, selections)
    received_ns = server.started_ns if server else min(s.started_ns for s in selections)
    attempts = [
        attempt_of(
            selection, received_ns=received_ns, last_and_served=outcome == "served" and selection is selections[-1]
        )
        for selection in selections
    ]
    first = selections[0] if selections else None
    overhead = _overhead(server, first)
    request = Request(
        request_id=f"{trace_id}:{anchor}",
        received_at=time_of(received_ns),
        attempts=attempts,
        operation=operation_of([*calls, *([server] if server else [])]),
        route=first.group if first else None,
        streaming=streaming_of(calls),
        routing_overhead_ms=overhead,
        overhead_basis=None if overhead is None else "receive_to_dispatch",
        latency_ms=None if server is None or server.ended_ns is None else milliseconds(server.ended_ns - received_ns),
        ttft_ms=_ttft(attempts, outcome),
        outcome=outcome,
        serving_attempt=len(attempts) - 1 if outcome == "served" and attempts else None,
        completeness=_completeness(server, attempts, outcome),
        grouping="explicit",
        trace_id=trace_id,
    )
    return Made(request, [*spans, *([server] if server else [])])


def _selections(spans: list[SpanFact], server: SpanFact | None) -> list[Selection]:
    """Events of the server span, or the route spans when there are more of those: the events may have been lost."""
    events = selections_of([server]) if server else []
    routes = [s for s in spans if s.role == "route"]
    if len(routes) <= len(events):
        return events
    return [
        Selection(at_ns=r.started_ns, group=r.attributes.get("group"), reason=None, attempt=None, span=r)
        for r in sorted(routes, key=lambda r: (r.started_ns, r.span_id))
    ]


def _attach(calls: list[SpanFact], selections: list[Selection]) -> None:
    """Each call to the last free choice before its end, of its own group if there is one; else it is its own choice."""
    for call in calls:
        end = call.ended_ns or call.started_ns
        group = call.attributes.get("group")
        free = [s for s in selections if s.call is None and s.at_ns <= end]
        fitting = [s for s in free if s.group == group] or [s for s in free if s.group is None]
        if fitting:
            max(fitting, key=lambda s: s.at_ns).call = call
        else:
            selections.append(Selection(at_ns=call.started_ns, group=group, reason=None, attempt=None, call=call))


def _asks_for_a_model(server: SpanFact | None) -> bool:
    return server is not None and "operation" in server.attributes


def _outcome(server: SpanFact | None, selections: list[Selection]) -> Outcome | None:
    last = selections[-1].call if selections else None
    if server is None:
        return "served" if last is not None and not last.failed else None
    status = server.attributes.get("http.response.status_code")
    if server.failed or (status is not None and status >= 400) or (last is not None and last.failed):
        return "failed"
    return "served" if status is not None or last is not None else None


def _overhead(server: SpanFact | None, first: Selection | None) -> float | None:
    """From the request's arrival to the first dispatch, of which only a call's own span tells."""
    if server is None or first is None or first.call is None or first.call.started_ns < first.at_ns:
        return None
    return milliseconds(first.call.started_ns - server.started_ns)


def _ttft(attempts: list[Attempt], outcome: Outcome | None) -> float | None:
    if outcome != "served" or not attempts:
        return None
    start, ttft = attempts[-1].start_offset_ms, attempts[-1].ttft_ms
    return None if start is None or ttft is None else start + ttft


def _completeness(server: SpanFact | None, attempts: list[Attempt], outcome: Outcome | None) -> Completeness:
    if server is None:
        return "lower_bound"
    return "complete" if attempts or outcome == "failed" else "unknown"
