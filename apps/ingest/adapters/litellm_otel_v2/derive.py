"""From the span facts of one unit to its requests: a pure function of the set of facts, whatever their order."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from apps.ingest.adapters.litellm_otel_v2 import DIALECT, facts, proxy, router
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request

MAX_DEPTH = 200


def derive_trace(spans: Iterable[SpanFact], *, trace_id: str) -> list[Request]:
    """Requests of one trace: those of each proxy's server span, and those of each application span with a router."""
    by_id = {span.span_id: span for span in spans}
    below: dict[str, list[SpanFact]] = defaultdict(list)
    for span in _in_order(by_id.values()):
        if span.dialect == DIALECT and span.lane is None:
            below[_gateway(span, by_id)].append(span)
        elif _has_selections(span):
            below.setdefault(span.span_id, [])  # a proxy's, though no span below it has come yet
    requests: list[Request] = []
    for top, group in below.items():
        server = by_id.get(top)
        if _is_proxy(group, server):
            made = proxy.read(group, server, trace_id=trace_id, anchor=top)
            requests += [made] if made else []
        else:
            requests += chain.from_iterable(
                router.read(siblings, grouping="explicit", unit=trace_id) for siblings in _by_parent(group).values()
            )
    return sorted(requests, key=lambda r: (r.received_at, r.request_id))


def derive_lane(spans: Iterable[SpanFact], *, lane: str) -> list[Request]:
    """Requests of a router without application spans: one process, put together by the order of its choices."""
    alone = [span for span in _in_order(spans) if span.dialect == DIALECT and span.lane is not None]
    return router.read(alone, grouping="inferred", unit=lane)


def _in_order(spans: Iterable[SpanFact]) -> list[SpanFact]:
    return sorted(spans, key=lambda s: (s.started_ns, s.trace_id, s.span_id))


def _gateway(span: SpanFact, by_id: dict[str, SpanFact]) -> str:
    """The nearest server span above, else the topmost span that is known of, seen or not."""
    here = span
    for _ in range(MAX_DEPTH):
        if here.parent_span_id is None:
            return here.span_id
        above = by_id.get(here.parent_span_id)
        if above is None:
            return here.parent_span_id
        if above.role == "server":
            return above.span_id
        here = above
    return here.span_id


def _is_proxy(group: list[SpanFact], server: SpanFact | None) -> bool:
    """LiteLLM's own server span: what its proxy does below one, no router in an application does."""
    return (
        (server is not None and _has_selections(server))
        or any(span.role == "auth" for span in group)
        or any(span.role == "llm" and facts.OPERATION in span.attributes for span in group)
    )


def _has_selections(span: SpanFact) -> bool:
    return span.role == "server" and any(event.name == facts.SELECTED for event in span.events)


def _by_parent(group: list[SpanFact]) -> dict[str | None, list[SpanFact]]:
    siblings: dict[str | None, list[SpanFact]] = defaultdict(list)
    for span in group:
        siblings[span.parent_span_id].append(span)
    return siblings
