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
    groups = _groups(calls, tree)
    made: list[Made] = []
    taken: set[int] = set()
    for top, group in groups.items():
        above = tree.by_id.get(top)
        server = above if above is not None and above.role == "server" and above.dialect == DIALECT else None
        if _is_proxy(group, server):
            taken |= {id(call) for call in group.calls}
            one = proxy.read(group.calls, group.timers, server, trace_id=trace_id, anchor=top)
            made += [one] if one else []
    return made, [call for call in calls if id(call) not in taken]


def _groups(calls: Sequence[Call], tree: Tree) -> dict[str, _Group]:
    """By the server span that they belong to, seen or not."""
    groups: dict[str, _Group] = defaultdict(_Group)
    for span in tree.spans:
        if span.dialect == DIALECT and span.role in ("server", "auth", "timer"):
            group = groups[span.span_id if span.role == "server" else gateway_of(span, tree)]
            if span.role == "timer":
                group.timers.append(span)
            else:
                group.authorized = True
    for call in calls:
        if call.span.dialect == DIALECT:
            groups[gateway_of(call.span, tree)].calls.append(call)
    return groups


def _is_proxy(group: _Group, server: SpanFact | None) -> bool:
    return server is not None or group.authorized or any(kept.OPERATION in call.span.attributes for call in group.calls)
