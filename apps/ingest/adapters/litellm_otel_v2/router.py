"""Requests through LiteLLM's router inside an application: choices say whether they begin a request or go on with one.

`initial` opens a request; `retry` and `fallback` go on with one whose last attempt failed: a retry in the same model
group and with the next number, a fallback in another group. Where more than one could be meant, the one that failed last
is taken, and all of them are marked ambiguous.

Calls come without a choice where LiteLLM is installed without its proxy, and in each process until its first call has
ended. Such a call begins a request, or goes on with one under the same parent whose last attempt failed; that is inferred.
"""

from dataclasses import dataclass

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
from apps.traces.nouns import Grouping, Request

SECOND_NS = 1_000_000_000
DISPATCH_NS = 2 * SECOND_NS
"""From a choice to its call: longer ones are met only where nothing nearer fits."""
HORIZON_NS = 600 * SECOND_NS
"""How long a request may wait between two attempts."""
ASKED_WRONGLY = frozenset({"400", "401", "403", "404", "413", "422"})
"""Statuses after which nobody tries again."""


@dataclass
class Open:
    """A request in the making."""

    selections: list[Selection]
    grouping: Grouping
    whole: bool = True
    """Whether its first attempt was seen."""

    @property
    def last(self) -> Selection:
        return self.selections[-1]

    def may_go_on(self, selection: Selection) -> bool:
        last, ended = self.last, _ended(self.last)
        if last.call is not None and not last.call.failed:
            return False
        if not ended <= selection.at_ns <= ended + HORIZON_NS:
            return False
        if selection.reason is None:
            return _may_be_tried_again(last.call) and selection.call is not None and selection.call.lane is None
        if selection.reason == "retry":
            following = last.attempt is None or selection.attempt in (None, last.attempt + 1)
            return last.group == selection.group and following
        return last.group != selection.group


def read(spans: list[SpanFact], *, grouping: Grouping, unit: str) -> list[Made]:
    """The requests of spans that have one parent, or none at all; `unit` names what is derived together."""
    calls = sorted((s for s in spans if s.role == "llm"), key=lambda s: (s.started_ns, s.span_id))
    selections = _selections(spans)
    ambiguous = _attach(calls, selections)
    silent = [
        Selection(c.started_ns, c.attributes.get("group"), None, None, call=c)
        for c in calls
        if not _taken(c, selections)
    ]
    in_time = sorted([*selections, *silent], key=lambda s: s.at_ns)
    return [_request(made, unit) for made in _assemble(in_time, grouping, ambiguous)]


def _selections(spans: list[SpanFact]) -> list[Selection]:
    routes = [s for s in spans if s.role == "route"]
    silent = [r for r in routes if not any(e.name.endswith("deployment_selected") for e in r.events)]
    found = selections_of(routes)
    found += [Selection(r.started_ns, r.attributes.get("group"), None, None, span=r) for r in silent]
    return sorted(found, key=lambda s: (s.at_ns, s.span.span_id if s.span else ""))


def _attach(calls: list[SpanFact], selections: list[Selection]) -> list[Selection]:
    """Each call to a choice of its group just before it, first come first served; returns the doubtful ones."""
    doubtful: list[Selection] = []
    for call in calls:
        free = [
            s
            for s in selections
            if s.call is None
            and s.group == call.attributes.get("group")
            and s.at_ns <= call.started_ns <= s.at_ns + HORIZON_NS
        ]
        near = [s for s in free if call.started_ns - s.at_ns <= DISPATCH_NS]
        if not free:
            continue
        (near[0] if near else free[-1]).call = call
        if len(near) > 1:
            doubtful += near
    return doubtful


def _taken(call: SpanFact, selections: list[Selection]) -> bool:
    return any(s.call is call for s in selections)


def _assemble(selections: list[Selection], grouping: Grouping, doubtful: list[Selection]) -> list[Open]:
    made: list[Open] = []
    waiting: list[Open] = []
    for selection in selections:
        if selection.reason is None and selection.call is None:
            continue
        waiting = [w for w in waiting if w.last.at_ns + 2 * HORIZON_NS >= selection.at_ns]
        candidates = [w for w in waiting if w.may_go_on(selection)] if selection.reason != "initial" else []
        # One whose failure was seen goes before one of which nothing is known yet.
        candidates = [w for w in candidates if w.last.call is not None] or candidates
        if candidates:
            chosen = max(candidates, key=lambda w: (_ended(w.last), w.selections[0].at_ns))
            chosen.selections.append(selection)
            if selection.reason is None and chosen.grouping == "explicit":
                chosen.grouping = "inferred"
            for candidate in candidates if len(candidates) > 1 else []:
                candidate.grouping = "ambiguous"
        else:
            opened = Open([selection], grouping, whole=_begins(selection))
            made.append(opened)
            waiting.append(opened)
    for one in made:
        if any(s in doubtful for s in one.selections):
            one.grouping = "ambiguous"
    return made


def _begins(selection: Selection) -> bool:
    """Whether no attempt before it can have been missed. A call alone in its trace has nothing that says so."""
    if selection.reason is None and selection.call is not None:
        return selection.call.lane is None
    return selection.reason == "initial"


def _may_be_tried_again(call: SpanFact | None) -> bool:
    return call is not None and call.attributes.get("litellm.provider.error.code") not in ASKED_WRONGLY


def _ended(selection: Selection) -> int:
    return selection.at_ns if selection.call is None else (selection.call.ended_ns or selection.call.started_ns)


def _request(made: Open, unit: str) -> Made:
    first, last = made.selections[0], made.last
    received_ns = min(first.at_ns, first.span.started_ns) if first.span else first.started_ns
    calls = [s.call for s in made.selections if s.call is not None]
    served = last.call is not None and not last.call.failed
    attempts = [
        attempt_of(s, received_ns=received_ns, last_and_served=last.call is None and s is last) for s in made.selections
    ]
    anchor = first.span or first.call
    overhead = milliseconds(first.call.started_ns - received_ns) if first.call and first.span else None
    ends = [c.ended_ns for c in calls if c.ended_ns is not None]
    start, ttft = attempts[-1].start_offset_ms, attempts[-1].ttft_ms
    request = Request(
        request_id=f"{anchor.trace_id}:{anchor.span_id}" if anchor else unit,
        received_at=time_of(received_ns),
        attempts=attempts,
        operation=operation_of(calls),
        route=first.group,
        streaming=streaming_of(calls),
        routing_overhead_ms=overhead,
        overhead_basis=None if overhead is None else "decision_only",
        latency_ms=milliseconds(max(ends) - received_ns) if ends and last.call is not None else None,
        ttft_ms=start + ttft if served and start is not None and ttft is not None else None,
        outcome="served" if served else "failed" if last.call is not None else None,
        serving_attempt=len(attempts) - 1 if served else None,
        completeness="complete" if made.whole else "lower_bound",
        grouping=made.grouping,
        trace_id=unit,
    )
    return Made(request, [*(s.span for s in made.selections if s.span is not None), *calls])
