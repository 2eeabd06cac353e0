"""One transaction for a post of outcomes: the rows, and the ledger. What is there already is kept, and a duplicate."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from apps.ingest import ledger
from apps.ingest.ledger import Counts, Post
from apps.ingest.outcomes.nouns import Accepted
from apps.ingest.refusals import Rejection
from apps.ingest.resolve import Owner
from apps.organizations import access

SOURCE = "outcomes"
INSERT = """
INSERT INTO traces_outcome (organization_id, deployment_id, replay_set, task, prompt, provider, model, raw_model, score,
    cost_nano, input_tokens, output_tokens, latency_us, received_at)
SELECT %s, %s, %s, task, prompt, provider, model, raw_model, score, cost_nano, input_tokens, output_tokens, latency_us, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::float8[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    o (task, prompt, provider, model, raw_model, score, cost_nano, input_tokens, output_tokens, latency_us)
ON CONFLICT DO NOTHING
"""


def receive(*, post: Post, replay_set: str, outcomes: Sequence[Accepted], rejected: Sequence[Rejection]) -> Counts:
    with transaction.atomic(using="ingest", durable=True):
        access.open_organization(post.owner.organization_id, using="ingest")
        stored = store(outcomes, owner=post.owner, replay_set=replay_set, now=post.received_at, using="ingest")
        counts = Counts(accepted=stored, duplicate=len(outcomes) - stored)
        ledger.enter(post, counts, rejected)
    return counts


def store(outcomes: Sequence[Accepted], *, owner: Owner, replay_set: str, now: datetime, using: str) -> int:
    """How many were new; inside a transaction that sees the organization."""
    columns: list[list[Any]] = [[getattr(one, name) for one in outcomes] for name in Accepted._fields]
    with connections[using].cursor() as cursor:
        cursor.execute(INSERT, [*owner, replay_set, now, *columns])
        return int(cursor.rowcount)
