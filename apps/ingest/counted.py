"""What the operator's counters say of the way in; names of counters and of reasons alone, nothing of a tenant."""

from collections import Counter
from collections.abc import Sequence

from apps.ingest.ledger import Counts, Post
from apps.ingest.refusals import PostError, Rejection
from apps.pulse import counters


def stored(post: Post, counts: Counts, rejected: Sequence[Rejection]) -> None:
    """After the commit."""
    counters.add("tollmark_ingest_posts_total", status="200")
    counters.add("tollmark_ingest_bytes_total", post.body_bytes, source=post.source)
    for outcome, number in (
        ("accepted", counts.accepted),
        ("duplicate", counts.duplicate),
        ("conflict", counts.conflict),
        ("rejected", len(rejected)),
    ):
        if number:
            counters.add("tollmark_ingest_items_total", number, source=post.source, outcome=outcome)
    for reason, number in Counter(one.code for one in rejected).items():
        counters.add("tollmark_ingest_rejected_items_total", number, reason=reason)


def refused(error: PostError) -> None:
    """A post as a whole."""
    counters.add("tollmark_ingest_posts_total", status=str(error.status))
    counters.add("tollmark_ingest_refused_posts_total", reason=error.code)
