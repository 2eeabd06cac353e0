"""Which spans speak of one call: those around each other, and those of two libraries that tell of the same one."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.ingest.adapters import anthropic_sdk, kept
from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import SpanFact

CALL_ROLES = frozenset({"llm", "attempt", "raw"})
NEAR_NS = 50_000_000
"""Two libraries' spans of one failed call begin and end within this of each other."""


@dataclass
class Call:
    span: SpanFact
    """The outermost."""
    others: list[SpanFact] = field(default_factory=list)
    """Further spans of the same call."""
    requests: list[SpanFact] = field(default_factory=list)
    """HTTP requests that it sent."""
    inner: list["Call"] = field(default_factory=list)
    """Calls, or attempts, that were made within it."""

    @property
    def spans(self) -> list[SpanFact]:
        below = [span for one in self.inner for span in one.spans]
        return [self.span, *self.others, *self.requests, *below]

    @property
    def said(self) -> dict[str, Any]:
        """What the spans say together: the outermost before the others, but a provider's own library before all in counts."""
        said: dict[str, Any] = {}
        for span in (self.span, *self.others):
            said = span.attributes | said
        for span in (self.span, *self.others):
            if span.dialect == anthropic_sdk.DIALECT and kept.OUTPUT in span.attributes:
                said |= {name: span.attributes[name] for name in kept.USAGE if name in span.attributes}
        return said

    @property
    def started_ns(self) -> int:
        return self.span.started_ns

    @property
    def ended_ns(self) -> int:
        return max([s.ended_ns or s.started_ns for s in (self.span, *self.others)])

    @property
    def failed(self) -> bool:
        return any(
            s.failed or kept.ERROR in s.attributes or kept.CUT in s.attributes for s in (self.span, *self.others)
        )

    @property
    def is_native(self) -> bool:
        return any(s.dialect == anthropic_sdk.DIALECT for s in (self.span, *self.others))


def calls_of(tree: Tree) -> list[Call]:
    """The outermost calls of a trace, in the order of time."""
    nodes = {span.span_id: Call(span) for span in tree.spans if span.role in CALL_ROLES}
    tops: list[Call] = []
    for span in tree.spans:
        if span.span_id in nodes:
            around = tree.nearest(span, nodes, this_side=True)
            if around is None:
                tops.append(nodes[span.span_id])
            else:
                nodes[around.span_id].inner.append(nodes[span.span_id])
        elif span.role == "http" and (around := tree.nearest(span, nodes, this_side=True)) is not None:
            nodes[around.span_id].requests.append(span)
    return join_told_twice([_settled(top) for top in tops if top.span.role != "attempt"])


def _settled(call: Call) -> Call:
    """A call in which one other was made is told twice; one in which several were made has those for its attempts."""
    inner = [_settled(one) for one in call.inner]
    attempts = [one for one in inner if one.span.role == "attempt"]
    nested = [one for one in inner if one.span.role != "attempt"]
    if len(nested) == 1:
        (only,) = nested
        call = Call(call.span, [*call.others, only.span, *only.others], [*call.requests, *only.requests])
        nested = only.inner
    return Call(call.span, call.others, call.requests, attempts or nested)


def join_told_twice(calls: Sequence[Call]) -> list[Call]:
    """Two libraries' spans side by side, or in traces of their own; failures of Anthropic by model and time."""
    calls = _join(calls, _same_answer(calls))
    return _join(calls, _same_failure(calls))


def _join(calls: Sequence[Call], pairs: Iterable[tuple[Call, Call]]) -> list[Call]:
    gone: set[int] = set()
    for stays, goes in pairs:
        if id(stays) not in gone and id(goes) not in gone:
            gone.add(id(goes))
            stays.others += [goes.span, *goes.others]
            stays.requests += goes.requests
            stays.inner += goes.inner
    return sorted(
        (c for c in calls if id(c) not in gone), key=lambda c: (c.started_ns, c.span.trace_id, c.span.span_id)
    )


def _same_answer(calls: Sequence[Call]) -> Iterable[tuple[Call, Call]]:
    by_id: dict[str, Call] = {}
    for call in sorted(calls, key=lambda c: (c.is_native, c.started_ns, c.span.span_id)):
        answer = call.span.attributes.get(kept.RESPONSE_ID)
        if answer is None:
            continue
        first = by_id.setdefault(answer, call)
        if first is not call and first.span.dialect != call.span.dialect:
            yield first, call


def _same_failure(calls: Sequence[Call]) -> Iterable[tuple[Call, Call]]:
    instrumented: dict[Any, list[Call]] = defaultdict(list)
    for call in calls:
        if call.failed and not call.is_native:
            instrumented[call.said.get(kept.MODEL)].append(call)
    taken: set[int] = set()
    for native in calls:
        if not native.failed or native.span.dialect != anthropic_sdk.DIALECT:
            continue
        near = instrumented.get(native.said.get(kept.MODEL), [])
        begin = bisect_left(near, native.started_ns - NEAR_NS, key=lambda c: c.started_ns)
        for call in near[begin:]:
            if call.started_ns > native.started_ns + NEAR_NS:
                break
            if id(call) not in taken and abs(call.ended_ns - native.ended_ns) <= NEAR_NS:
                taken.add(id(call))
                yield call, native
                break
