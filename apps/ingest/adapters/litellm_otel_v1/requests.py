"""LiteLLM's first generation in one trace: what belongs to a proxy's requests. Calls of a router are as any client's."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.ingest.adapters import kept
from apps.ingest.adapters.calls.call import Call
from apps.ingest.adapters.gateways import gateway_of
from apps.ingest.adapters.litellm_otel_v1 import DIALECT, proxy
from apps.ingest.adapters.made import Made
from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import SpanFact


@dataclass
class _Group:
    calls: list[Call] = field(default_factory=list)
    timers: list[SpanFact] = field(default_factory=list)
    authorized: bool = False


def requests_of(calls: Sequence[Call], tree: Tree, *, trace_id: str) -> tuple[list[Made], list[Call]]:
    """(requests of proxies, calls that are none of theirs)."""
    groups: dict[str, _Group] = defaultdict(_Group)
    for span in tree.spans:
        if span.dialect != DIALECT:
            continue
        if span.role == "server":
            groups[span.span_id].authorized = True
        elif span.role == "timer":
            groups[gateway_of(span, tree)].timers.append(span)
        elif span.role == "auth":
            groups[gateway_of(span, tree)].authorized = True
    for call in calls:
        if call.span.dialect == DIALECT:
            groups[gateway_of(call.span, tree)].calls.append(call)
    made: list[Made] = []
    taken: set[int] = set()
    for top, group in groups.items():
        server = tree.by_id.get(top)
        if server is not None and server.dialect != DIALECT:
            server = None
        if not _is_proxy(group, server):
            continue
        taken |= {id(call) for call in group.calls}
        one = proxy.read(group.calls, group.timers, server, trace_id=trace_id, anchor=top)
        made += [one] if one else []
    return made, [call for call in calls if id(call) not in taken]


def _is_proxy(group: _Group, server: SpanFact | None) -> bool:
    return server is not None or group.authorized or any(kept.OPERATION in call.span.attributes for call in group.calls)
