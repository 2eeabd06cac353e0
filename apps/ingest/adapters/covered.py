"""Calls that LiteLLM tells of too: within its process the provider's library may be instrumented as well. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

from apps.ingest.adapters import kept
from apps.ingest.adapters.calls.call import Call
from apps.ingest.adapters.litellm_otel_v1 import DIALECT as LITELLM_V1
from apps.ingest.adapters.litellm_otel_v2 import DIALECT as LITELLM_V2
from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import SpanFact

AROUND_NS = 5_000_000
"""LiteLLM takes its times a moment beside the library's."""


def not_told_by_litellm(calls: Sequence[Call], tree: Tree) -> list[Call]:
    """Without those that have the answer of a call of LiteLLM's, or its model and lie within it."""
    own = [s for s in tree.spans if s.role == "llm" and s.dialect in (LITELLM_V1, LITELLM_V2)]
    if not own:
        return list(calls)
    answers = {s.attributes[kept.RESPONSE_ID] for s in own if kept.RESPONSE_ID in s.attributes}
    within = _Spans(own)
    return [c for c in calls if c.span.dialect == LITELLM_V1 or not (_answer(c) in answers or within.cover(c))]


def _answer(call: Call) -> str | None:
    return call.said.get(kept.RESPONSE_ID)


class _Spans:
    """Of each model the starts in order, with the latest end until then."""

    def __init__(self, spans: Sequence[SpanFact]) -> None:
        by_model: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for span in spans:
            named = span.attributes.get("litellm.provider.model") or span.attributes.get(kept.MODEL) or ""
            by_model[named.rpartition("/")[2]].append((span.started_ns, span.ended_ns or span.started_ns))
        self._starts = {model: sorted(start for start, _ in times) for model, times in by_model.items()}
        self._ends = {
            model: list(accumulate((end for _, end in sorted(times)), max)) for model, times in by_model.items()
        }

    def cover(self, call: Call) -> bool:
        model = str(call.said.get(kept.MODEL, "")).rpartition("/")[2]
        place = bisect_right(self._starts.get(model, []), call.started_ns + AROUND_NS)
        return place > 0 and self._ends[model][place - 1] + AROUND_NS >= call.ended_ns
