"""LiteLLM's second generation in one trace: which of its spans are a proxy's request, and which a router's."""

from collections import defaultdict
from collections.abc import Iterable

from apps.ingest.adapters.gateways import gateway_of
from apps.ingest.adapters.litellm_otel_v2 import DIALECT, facts, proxy, router
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import SpanFact


def requests_of(tree: Tree, *, trace_id: str) -> list[Made]:
    """Those of each proxy's server span, and those of each application span with a router."""
    made: list[Made] = []
    for top, group in _groups(tree).items():
        above = tree.by_id.get(top)
        server = above if above is not None and above.role == "server" else None
        if _is_proxy(group, server):
            one = proxy.read(group, server, trace_id=trace_id, anchor=top)
            made += [one] if one else []
        else:
            for siblings in _by_parent(group).values():
                made += router.read(siblings, grouping="explicit", unit=trace_id)
    return made


def requests_of_lane(spans: Iterable[SpanFact], *, lane: str) -> list[Made]:
    """A router without application spans: one process, put together by the order of its choices."""
    return router.read([span for span in spans if span.dialect == DIALECT], grouping="inferred", unit=lane)


def _groups(tree: Tree) -> dict[str, list[SpanFact]]:
    below: dict[str, list[SpanFact]] = defaultdict(list)
    for span in tree.spans:
        if span.dialect == DIALECT and span.role != "other" and span.lane is None:
            below[gateway_of(span, tree)].append(span)
        elif _has_selections(span):
            below.setdefault(span.span_id, [])  # a proxy's, though no span below it has come yet
    return below


def _is_proxy(group: list[SpanFact], server: SpanFact | None) -> bool:
    """LiteLLM's own server span: what its proxy does below one, no router in an application does."""
    return (server is not None and _has_selections(server)) or any(
        span.role == "auth" or (span.role == "llm" and facts.OPERATION in span.attributes) for span in group
    )


def _has_selections(span: SpanFact) -> bool:
    return span.role == "server" and bool(span.events) and any(event.name == facts.SELECTED for event in span.events)


def _by_parent(group: list[SpanFact]) -> dict[str | None, list[SpanFact]]:
    siblings: dict[str | None, list[SpanFact]] = defaultdict(list)
    for span in group:
        siblings[span.parent_span_id].append(span)
    return siblings
