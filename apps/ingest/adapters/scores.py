"""Scores of answers, and which request each is of: by the answer's id, else by a span of it, else by the one span above it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from apps.ingest.adapters.made import Made
from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import Score
from apps.traces.nouns import Request


def joined(made: Sequence[Made], tree: Tree, told: Iterable[Score]) -> list[Made]:
    """With the quality of each request that a score is of. A span above several requests is of none of them."""
    by_answer: dict[str, set[int]] = defaultdict(set)
    by_span: dict[tuple[str, str], set[int]] = defaultdict(set)
    above: dict[tuple[str, str], set[int]] = defaultdict(set)
    for n, one in enumerate(made):
        for attempt in one.request.attempts:
            if attempt.response_id is not None:
                by_answer[attempt.response_id].add(n)
        for span in one.spans:
            by_span[span.trace_id, span.span_id].add(n)
            for higher in tree.above(span):
                above[higher.trace_id, higher.span_id].add(n)
            if span.parent_span_id is not None:
                above[span.trace_id, span.parent_span_id].add(n)
    found: dict[int, list[Score]] = defaultdict(list)
    for score in told:
        place = (score.trace_id or "", score.span_id or "")
        meant = by_answer.get(score.response_id or "") or by_span.get(place) or above.get(place) or set()
        if len(meant) == 1:
            found[min(meant)].append(score)
    return [Made(_scored(one, found[n]), one.spans) if n in found else one for n, one in enumerate(made)]


def _scored(made: Made, scores: Sequence[Score]) -> Request:
    return msgspec.structs.replace(made.request, quality=quality(scores))


def quality(scores: Iterable[Score]) -> float:
    """The mean over what was evaluated, of the latest score of each."""
    latest: dict[str, Score] = {}
    for score in sorted(scores, key=lambda s: (s.at_ns, s.value)):
        latest[score.name] = score
    return round(sum(one.value for one in latest.values()) / len(latest), 6)
