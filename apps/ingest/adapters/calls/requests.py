"""Which calls are one request: without a router a failed call and the next one below the same parent. Pure.

That is an inference and marked so, unless the parent is known to retry or fall back. A call that was refused for what it
asked is not tried again; without a common parent nothing is joined, and never by time alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apps.ingest.adapters import kept
from apps.ingest.adapters.calls.attempt import attempt_of, first_token_ms, streams
from apps.ingest.adapters.calls.attempts import Try, tries_of, worst
from apps.ingest.adapters.calls.call import Call
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.times import milliseconds, time_of
from apps.ingest.adapters.tree import Tree
from apps.traces.nouns import Completeness, Grouping, Request

HORIZON_NS = 600 * 1_000_000_000
"""How long after a failed call another one may still go on with its request."""
ROUNDED_NS = 2_000_000
"""Some clients round starts down to a millisecond, so a call may seem to begin before the last one ended."""
MOST_ATTEMPTS = 64
MOST_WAITING = 200
"""Failed calls below one parent that may still be gone on with, the latest ones."""
_OPERATIONS = {"text_completion": "completion", "generate_content": "chat"}
_GOES_ON = frozenset({408, 409, 425, 429})
_FINAL = (
    "badrequest",
    "authentication",
    "permissiondenied",
    "notfound",
    "unprocessable",
    "invalidrequest",
    "contextwindow",
)


@dataclass
class Open:
    calls: list[Call]
    grouping: Grouping = "explicit"

    @property
    def last(self) -> Call:
        return self.calls[-1]


def requests_of(calls: Sequence[Call], tree: Tree, *, unit: str) -> list[Made]:
    """`unit` names what is derived together."""
    below: dict[str, list[Call]] = defaultdict(list)
    alone: list[Call] = []
    parents = _parents(calls, tree)
    for call in calls:
        parent = parents[id(call)]
        if parent is None:
            alone.append(call)
        else:
            below[parent].append(call)
    opened = [Open([call]) for call in alone]
    for parent, siblings in below.items():
        above = tree.by_id.get(parent)
        opened += _join(siblings, explicit=above is not None and above.role == "joint")
    return [_made(one, unit) for one in opened]


def _parents(calls: Sequence[Call], tree: Tree) -> dict[int, str | None]:
    """What stands above each call, past spans of its own client that are only around this call."""
    within: dict[str, int] = defaultdict(int)
    for call in calls:
        for span in tree.above(call.span):
            within[span.span_id] += 1
    found: dict[int, str | None] = {}
    for call in calls:
        parent = call.span.parent_span_id
        for span in tree.above(call.span):
            if within[span.span_id] > 1 or span.dialect != call.span.dialect or span.role not in ("other", "joint"):
                break
            parent = span.parent_span_id
        found[id(call)] = parent
    return found


def _join(siblings: list[Call], *, explicit: bool) -> list[Open]:
    made: list[Open] = []
    waiting: list[Open] = []
    for call in sorted(siblings, key=lambda c: (c.started_ns, c.span.span_id)):
        candidates = [one for one in waiting if _may_follow(one.last, call)]
        if candidates:
            chosen = max(candidates, key=lambda one: (one.last.ended_ns, one.calls[0].started_ns))
            chosen.calls.append(call)
            if chosen.grouping != "ambiguous":
                chosen.grouping = "explicit" if explicit else "inferred"
            for one in candidates if len(candidates) > 1 else []:
                one.grouping = "ambiguous"
        else:
            chosen = Open([call])
            made.append(chosen)
        waiting = [one for one in waiting if one is not chosen and one.last.ended_ns + HORIZON_NS >= call.started_ns]
        if call.failed and (explicit or _is_worth_another(call)):
            waiting = [*waiting[1 - MOST_WAITING :], chosen]
    return made


def _may_follow(last: Call, call: Call) -> bool:
    return last.ended_ns - ROUNDED_NS <= call.started_ns <= last.ended_ns + HORIZON_NS


def _is_worth_another(call: Call) -> bool:
    """Refused for what it asked is final: another call that follows asks for something else."""
    said = call.said
    status = said.get(kept.STATUS)
    if status is None and call.requests:
        status = max(call.requests, key=lambda s: (s.started_ns, s.span_id)).attributes.get(kept.STATUS)
    if status is not None:
        return status >= 500 or status in _GOES_ON
    return not str(said.get(kept.ERROR, "")).rpartition(".")[2].lower().startswith(_FINAL)


def _made(one: Open, unit: str) -> Made:
    tries: list[Try] = []
    found: list[Completeness] = []
    for call in one.calls:
        some, known = tries_of(call)
        tries += some
        found.append(known)
    completeness: Completeness = worst(found) if len(tries) <= MOST_ATTEMPTS else "lower_bound"
    request = request_from(
        one.calls, tries[-MOST_ATTEMPTS:], completeness=completeness, grouping=one.grouping, unit=unit
    )
    return Made(request, [span for call in one.calls for span in call.spans])


def request_from(
    calls: Sequence[Call], tries: Sequence[Try], *, completeness: Completeness, grouping: Grouping, unit: str
) -> Request:
    first, last = calls[0], calls[-1]
    received_ns = first.started_ns
    served = not last.failed
    attempts = [attempt_of(one, received_ns=received_ns) for one in tries]
    return Request(
        request_id=f"{first.span.trace_id}:{first.span.span_id}",
        received_at=time_of(received_ns),
        attempts=attempts,
        operation=operation_of(calls),
        route=next((c.said[kept.GROUP] for c in calls if kept.GROUP in c.said), None),
        streaming=next((s for c in reversed(calls) if (s := streams(c.said)) is not None), None),
        latency_ms=milliseconds(last.ended_ns - received_ns),
        ttft_ms=_first_token_ms(last, received_ns) if served else None,
        outcome="served" if served else "failed",
        serving_attempt=_serving(attempts, served=served),
        completeness=completeness,
        grouping=grouping,
        trace_id=unit,
    )


def _serving(attempts: Sequence[object], *, served: bool) -> int | None:
    if not served:
        return None
    answered = [n for n, one in enumerate(attempts) if getattr(one, "error_type", None) is None]
    return answered[-1] if answered else len(attempts) - 1


def _first_token_ms(last: Call, received_ns: int) -> float | None:
    """From the first try's start: what the caller waited."""
    told = first_token_ms(Try(last.said, last.started_ns, last.ended_ns))
    return None if told is None else told + (last.started_ns - received_ns) / 1e6


def operation_of(calls: Sequence[Call]) -> str:
    for call in calls:
        name = call.said.get(kept.CALL) or call.said.get(kept.OPERATION)
        if name:
            return _OPERATIONS.get(name, str(name))
    return "chat"
