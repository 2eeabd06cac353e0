"""The server span that a span belongs to."""

from apps.ingest.adapters.tree import Tree
from apps.ingest.spans import SpanFact


def gateway_of(span: SpanFact, tree: Tree) -> str:
    """Id of the nearest server span above, else of the topmost span that is known of, seen or not."""
    top = span
    for above in tree.above(span):
        if above.role == "server":
            return above.span_id
        top = above
    return top.parent_span_id or top.span_id
