"""One transaction for a post of scores: the rows, and the ledger. A score that comes again is a duplicate."""

from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction

from apps.ingest import ledger
from apps.ingest.ledger import Counts, Post
from apps.ingest.refusals import Rejection
from apps.ingest.scores.nouns import Accepted
from apps.organizations import access

SOURCE = "scores"
INSERT = """
INSERT INTO ingest_score (organization_id, deployment_id, digest, kind, target, answer, near, near_said, name, value, scored_at,
    received_at, looked, due_at)
SELECT %s, %s, digest, kind, target, answer, near, said, name, value, scored_at, %s, 0, %s
FROM unnest(%s::bytea[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::bool[],
    %s::text[], %s::float8[], %s::timestamptz[])
    s (digest, kind, target, answer, near, said, name, value, scored_at)
ON CONFLICT DO NOTHING
"""


def receive(*, post: Post, scores: Sequence[Accepted], rejected: Sequence[Rejection]) -> Counts:
    now = post.received_at
    columns: list[list[Any]] = [
        [score.digest for score in scores],
        [score.target.kind for score in scores],
        [score.target.name for score in scores],
        [score.answer for score in scores],
        [score.near for score in scores],
        [score.said for score in scores],
        [score.name for score in scores],
        [score.value for score in scores],
        [score.scored_at for score in scores],
    ]
    with transaction.atomic(using="ingest", durable=True):
        access.open_organization(post.owner.organization_id, using="ingest")
        with connections["ingest"].cursor() as cursor:
            cursor.execute(INSERT, [*post.owner, now, now, *columns])
            accepted = cursor.rowcount
        counts = Counts(accepted=accepted, duplicate=len(scores) - accepted)
        ledger.enter(post, counts, rejected)
    return counts
