"""Spans of one trace by their parents. Whatever the parents are, also missing or in a circle, every way up ends."""

from collections.abc import Container, Iterable, Iterator
from operator import attrgetter

from apps.ingest.spans import SpanFact

MAX_DEPTH = 200
_IN_TIME = attrgetter("started_ns", "trace_id", "span_id")


class Tree:
    def __init__(self, spans: Iterable[SpanFact]) -> None:
        """Of several spans with one id the first is meant."""
        self.by_id: dict[str, SpanFact] = {}
        for span in sorted(spans, key=_IN_TIME):
            self.by_id.setdefault(span.span_id, span)
        self.spans = list(self.by_id.values())

    def above(self, span: SpanFact) -> Iterator[SpanFact]:
        """Those above it that are there, the nearest first."""
        here = span
        for _ in range(MAX_DEPTH):
            found = self.by_id.get(here.parent_span_id or "")
            if found is None or found is span:
                return
            yield found
            here = found

    def nearest(self, span: SpanFact, among: Container[str], *, this_side: bool = False) -> SpanFact | None:
        """The nearest one above whose id is among these; `this_side` of a server, which is another process."""
        for one in self.above(span):
            if one.span_id in among:
                return one
            if this_side and one.role == "server":
                return None
        return None
