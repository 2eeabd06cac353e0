"""Tollmark's own convention, for gateways that are written in house.

One SERVER span a request, which carries `tollmark.route`, and below it one CLIENT span of the GenAI conventions for each
attempt, in the order of dispatch. On the server span may stand `tollmark.task`, `tollmark.policy`, `tollmark.user_facing` and
`tollmark.cache_hit`; on a client span `tollmark.cost_usd`, what the gateway reckons the attempt to cost.

`tollmark.task`, `.policy` and `.user_facing` also stand for whatever is called below an application's own span.
"""

from collections.abc import Sequence
from typing import Any

from apps.ingest.adapters import allowed, kept
from apps.ingest.adapters.calls.attempt import attempt_of, streams
from apps.ingest.adapters.calls.attempts import Try, error_of, tries_of
from apps.ingest.adapters.calls.call import Call
from apps.ingest.adapters.calls.requests import MOST_ATTEMPTS, operation_of
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.times import milliseconds, time_of
from apps.ingest.spans import SERVER_KIND, SpanFact
from apps.traces.nouns import Attempt, Completeness, Request

DIALECT = "tollmark"


def is_request(kind: int, said: dict[str, Any]) -> bool:
    return kind == SERVER_KIND and kept.ROUTE in said


ATTRIBUTES: kept.Wanted = {
    kept.CACHE_HIT: (kept.CACHE_HIT, allowed.flag),
    "tollmark.cost_usd": (kept.COST, allowed.spelled_cost),
}


def read(server: SpanFact, calls: Sequence[Call], *, trace_id: str) -> Made:
    """The request of one server span, from the calls below it."""
    found = [tries_of(call) if call.requests or call.inner else _one(call) for call in calls]
    tries = [one for some, _ in found for one in some][-MOST_ATTEMPTS:]
    received_ns = server.started_ns
    attempts = [attempt_of(one, received_ns=received_ns) for one in tries]
    cached = bool(server.attributes.get(kept.CACHE_HIT)) and not calls
    served = _served(server, calls)
    serving = _serving(tries) if served else None
    overhead = milliseconds(calls[0].started_ns - received_ns) if calls else None
    request = Request(
        request_id=f"{trace_id}:{server.span_id}",
        received_at=time_of(received_ns),
        attempts=attempts,
        operation=operation_of(calls) if calls else str(server.attributes.get(kept.OPERATION, "chat")),
        route=server.attributes.get(kept.ROUTE),
        streaming=next((s for c in reversed(calls) if (s := streams(c.said)) is not None), None),
        routing_overhead_ms=overhead,
        overhead_basis=None if overhead is None else "receive_to_dispatch",
        latency_ms=None if server.ended_ns is None else milliseconds(server.ended_ns - received_ns),
        ttft_ms=_first_token_ms(attempts, serving),
        outcome="served" if served else "failed",
        serving_attempt=serving,
        cache_hit=cached and served,
        parallel=_overlap(tries),
        completeness="complete",
        grouping="explicit",
        trace_id=trace_id,
    )
    return Made(request, [server, *(span for call in calls for span in call.spans)])


def _one(call: Call) -> tuple[list[Try], Completeness]:
    """By the convention a span is one attempt, and no more."""
    return [Try(call.said, call.started_ns, call.ended_ns, error_of(call))], "complete"


def _served(server: SpanFact, calls: Sequence[Call]) -> bool:
    """A gateway that sent its status and then lost the stream has failed."""
    status = server.attributes.get(kept.STATUS)
    if server.failed or (status is not None and status >= 400):
        return False
    return not calls or any(not call.failed for call in calls)


def _serving(tries: Sequence[Try]) -> int | None:
    """The first to end of those that answered: of hedged attempts that is the winner, of others there is but one."""
    answered = [(one.ended_ns or 0, n) for n, one in enumerate(tries) if one.error is None]
    return min(answered)[1] if answered else None


def _overlap(tries: Sequence[Try]) -> bool:
    known = [(one.started_ns, one.ended_ns) for one in tries if one.started_ns is not None and one.ended_ns is not None]
    return any(later[0] < max(end for _, end in known[:n]) for n, later in enumerate(known) if n)


def _first_token_ms(attempts: Sequence[Attempt], serving: int | None) -> float | None:
    if serving is None:
        return None
    start, ttft = attempts[serving].start_offset_ms, attempts[serving].ttft_ms
    return None if start is None or ttft is None else start + ttft
