"""A request through LiteLLM's proxy, first generation: the calls it tells of, and those that only a timer knows of."""

from collections.abc import Sequence

from apps.ingest.adapters import kept
from apps.ingest.adapters.calls.attempt import attempt_of, streams
from apps.ingest.adapters.calls.attempts import UNKNOWN_ERROR, Try
from apps.ingest.adapters.calls.call import Call
from apps.ingest.adapters.calls.requests import MOST_ATTEMPTS, operation_of
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.times import milliseconds, time_of
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Completeness, Outcome, Request

MOST_TOLD = 500
"""Calls and timers below one server span that are looked at; a request has a handful."""
DISPATCH_NS = 50_000_000
"""From the begin of a call's span to its dispatch; a span that began longer before also covers an earlier try."""


def read(
    calls: Sequence[Call], timers: Sequence[SpanFact], server: SpanFact | None, *, trace_id: str, anchor: str
) -> Made | None:
    """Without the server span, which comes last, only what calls prove is told."""
    if not calls and (server is None or (kept.OPERATION not in server.attributes and not timers)):
        return None
    outcome = _outcome(server, calls)
    tries, hidden = _tries(calls, timers, served=outcome == "served")
    starts = [one.started_ns for one in tries if one.started_ns is not None]
    received_ns = server.started_ns if server else min(starts)
    attempts = [attempt_of(one, received_ns=received_ns) for one in tries[-MOST_ATTEMPTS:]]
    overhead = _overhead(timers, calls, server)
    request = Request(
        request_id=f"{trace_id}:{anchor}",
        received_at=time_of(received_ns),
        attempts=attempts,
        operation=operation_of(calls)
        if calls
        else str(server.attributes.get(kept.OPERATION, "chat"))
        if server
        else "chat",
        route=next((c.said[kept.GROUP] for c in calls if kept.GROUP in c.said), None),
        streaming=next((s for c in reversed(calls) if (s := streams(c.said)) is not None), None),
        routing_overhead_ms=overhead,
        overhead_basis=None if overhead is None else "receive_to_dispatch",
        latency_ms=None if server is None or server.ended_ns is None else milliseconds(server.ended_ns - received_ns),
        outcome=outcome,
        serving_attempt=len(attempts) - 1 if outcome == "served" and attempts else None,
        completeness=_completeness(server, hidden=hidden),
        grouping="explicit",
        trace_id=trace_id,
    )
    return Made(request, [*(s for c in calls for s in c.spans), *timers, *([server] if server else [])])


def _tries(calls: Sequence[Call], timers: Sequence[SpanFact], *, served: bool) -> tuple[list[Try], bool]:
    """Each call with the timer of its own dispatch, and the timers that no call has: attempts of which no more is known."""
    free = sorted(timers, key=lambda t: (t.started_ns, t.span_id))[:MOST_TOLD]
    tries: list[Try] = []
    for call in sorted(calls, key=lambda c: (c.ended_ns, c.span.span_id))[:MOST_TOLD]:
        within = [t for t in free if call.started_ns <= t.started_ns <= call.ended_ns]
        own = within[-1] if within else None
        if own is not None:
            free.remove(own)
        clipped = own is not None and len(within) > 1 and own.started_ns - call.started_ns > DISPATCH_NS
        start = own.started_ns if own is not None and clipped else call.started_ns
        error = call.said.get(kept.ERROR, UNKNOWN_ERROR) if call.failed else None
        tries.append(Try(call.said, start, call.ended_ns, error))
    tries += [Try({}, t.started_ns, t.ended_ns, UNKNOWN_ERROR) for t in free]
    tries.sort(key=lambda one: (one.started_ns or 0, one.ended_ns or 0))
    if served and tries and not tries[-1].said:
        tries[-1].error = None
    return tries, bool(free)


def _outcome(server: SpanFact | None, calls: Sequence[Call]) -> Outcome | None:
    if server is None:
        return "served" if calls and not calls[-1].failed else None
    status = server.attributes.get(kept.STATUS)
    if server.failed or (status is not None and status >= 400):
        return "failed"
    return "served" if status is not None or (calls and not calls[-1].failed) else None


def _overhead(timers: Sequence[SpanFact], calls: Sequence[Call], server: SpanFact | None) -> float | None:
    """From arrival to the first dispatch: the first timer, else the first call's own span."""
    starts = [t.started_ns for t in timers] or [c.started_ns for c in calls]
    return milliseconds(min(starts) - server.started_ns) if server and starts else None


def _completeness(server: SpanFact | None, *, hidden: bool) -> Completeness:
    if server is None:
        return "lower_bound"
    return "count_only" if hidden else "complete"
