"""From the span facts of one unit to its requests: a pure function of the set of facts, whatever their order.

Each dialect makes requests of its own spans. Where a client's call went to a gateway that tells of the same request in the
same trace, the gateway is believed, as it saw the attempts.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from operator import attrgetter

import msgspec

from apps.ingest.adapters import gateway, litellm_otel_v2
from apps.ingest.adapters.calls.call import CALL_ROLES, Call, calls_of, join_told_twice
from apps.ingest.adapters.calls.requests import requests_of
from apps.ingest.adapters.covered import not_told_by_litellm
from apps.ingest.adapters.labels import labelled
from apps.ingest.adapters.litellm_otel_v1 import DIALECT as LITELLM_V1
from apps.ingest.adapters.litellm_otel_v1 import requests as litellm_v1
from apps.ingest.adapters.litellm_otel_v2 import requests as litellm_v2
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import SpanFact

_IN_TIME = attrgetter("request.received_at", "request.request_id")
_OF_PROXIES = frozenset({LITELLM_V1, gateway.DIALECT})


def derive_trace(spans: Iterable[SpanFact], *, trace_id: str) -> list[Made]:
    """In the order of time."""
    tree = Tree(spans)
    made = litellm_v2.requests_of(tree, trace_id=trace_id)
    if not any(_is_of_others(span) for span in tree.spans):
        return _finished(_without_inner(made, tree), tree)
    calls = [c for c in calls_of(tree) if c.span.dialect != litellm_otel_v2.DIALECT and c.span.lane is None]
    calls = not_told_by_litellm(calls, tree)
    more, calls = litellm_v1.requests_of(calls, tree, trace_id=trace_id)
    made += more
    told_of = {span.span_id for one in made for span in one.spans if span.role == "server"}
    more, calls = _of_gateways(calls, tree, told_of, trace_id=trace_id)
    made += more
    made = _without_inner(made, tree)
    around = {
        above.span_id for one in made for span in one.spans if span.role == "server" for above in tree.above(span)
    }
    calls = [call for call in calls if not any(span.span_id in around for span in call.spans)]
    made += requests_of(calls, tree, unit=trace_id)
    return _finished(made, tree)


def _is_of_others(span: SpanFact) -> bool:
    """Whether a dialect but LiteLLM's second generation may make a request of it."""
    dialect = span.dialect
    return dialect in _OF_PROXIES or (dialect != litellm_otel_v2.DIALECT and span.role in CALL_ROLES)


def derive_lane(spans: Iterable[SpanFact], *, lane: str) -> list[Made]:
    """Of spans of one process that stand alone in their traces."""
    alone = sorted((s for s in spans if s.lane is not None), key=lambda s: (s.started_ns, s.trace_id, s.span_id))
    calls = [Call(span) for span in alone if span.role == "llm" and span.dialect != litellm_otel_v2.DIALECT]
    tree = Tree(())
    made = litellm_v2.requests_of_lane(alone, lane=lane)
    made += requests_of(join_told_twice(calls), tree, unit=lane)
    return _finished(made, tree)


def _of_gateways(
    calls: Sequence[Call], tree: Tree, told_of: Container[str], *, trace_id: str
) -> tuple[list[Made], list[Call]]:
    """(requests of gateways that follow Tollmark's own convention, calls that are none of theirs)."""
    servers = {s.span_id for s in tree.spans if s.role == "server"}
    below: dict[str, list[Call]] = defaultdict(list)
    others: list[Call] = []
    for call in calls:
        server = tree.nearest(call.span, servers)
        if server is not None and server.dialect == gateway.DIALECT:
            below[server.span_id].append(call)
        else:
            others.append(call)
    own = [s for s in tree.spans if s.dialect == gateway.DIALECT and s.role == "server" and s.span_id not in told_of]
    return [gateway.read(server, below[server.span_id], trace_id=trace_id) for server in own], others


def _without_inner(made: Sequence[Made], tree: Tree) -> list[Made]:
    """Of a gateway behind a gateway only the first tells of the request, and it does not see all attempts."""
    if len(made) < 2:
        return list(made)
    of: dict[str, int] = {span.span_id: n for n, one in enumerate(made) for span in one.spans if span.role != "server"}
    outer: set[int] = set()
    inner: set[int] = set()
    for n, one in enumerate(made):
        for server in (span for span in one.spans if span.role == "server"):
            around = {of[above.span_id] for above in tree.above(server) if above.span_id in of} - {n}
            outer |= around
            inner |= {n} if around else set()
    return [_first_hop(one) if n in outer else one for n, one in enumerate(made) if n not in inner]


def _first_hop(one: Made) -> Made:
    if one.request.completeness != "complete":
        return one
    return Made(msgspec.structs.replace(one.request, completeness="complete_first_hop"), one.spans)


def _told_once(made: Sequence[Made]) -> Iterable[Made]:
    """Of one id once: a proxy's server span that is called as LiteLLM's first generation calls it, and carries choices as the
    second does, is read as both. The fuller reading stands, and calls of either belong to it."""
    of: dict[str, Made] = {}
    for one in made:
        known = of.setdefault(one.request.request_id, one)
        if len(one.request.attempts) > len(known.request.attempts):
            of[one.request.request_id] = one
    return of.values()


def _finished(made: Sequence[Made], tree: Tree) -> list[Made]:
    found = [labelled(one, tree) for one in _told_once(made)]
    return sorted(found, key=_IN_TIME) if len(found) > 1 else found
