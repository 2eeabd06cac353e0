"""One transaction for a post of scores: what is new, marks of what they are of, and the ledger."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.db import connections

from apps.ingest import ledger
from apps.ingest.derive import Subject
from apps.ingest.ledger import Counts, Post
from apps.ingest.questions import sql
from apps.ingest.receive import in_one_transaction
from apps.ingest.refusals import Rejection
from apps.ingest.spans import Score

_encode = msgspec.json.Encoder(order="deterministic").encode


def receive_scores(*, post: Post, scores: Sequence[Score], rejected: Sequence[Rejection]) -> Counts:
    """A score that comes again, word for word, is a duplicate."""
    rows = {_digest(score): score for score in scores}

    def store(again: bool) -> Counts:  # noqa: ARG001  # nothing collides
        accepted = _insert(post, rows) if rows else 0
        if accepted:
            _mark(post, list(rows.values()))
        counts = Counts(accepted=accepted, duplicate=len(scores) - accepted)
        ledger.enter(post, counts, rejected)
        return counts

    return in_one_transaction(post, store, days=[])


def _digest(score: Score) -> bytes:
    return hashlib.blake2b(_encode(score), digest_size=16).digest()


def _insert(post: Post, rows: dict[bytes, Score]) -> int:
    document = _encode(
        [
            {
                **msgspec.structs.asdict(score),
                "organization_id": post.owner.organization_id,
                "deployment_id": post.owner.deployment_id,
                "ingested_at": post.received_at,
                "digest": f"\\x{digest.hex()}",
            }
            for digest, score in sorted(rows.items())
        ]
    )
    with connections["ingest"].cursor() as cursor:
        cursor.execute(sql("insert_scores"), {"document": document.decode()})
        return int(cursor.rowcount)


def _mark(post: Post, scores: Sequence[Score]) -> None:
    marks = sorted({(subject.key, _day(score)) for score in scores for subject in Subject.all_of(score)})
    values: list[Any] = [*post.owner, post.received_at, [key for key, _ in marks], [day for _, day in marks]]
    with connections["ingest"].cursor() as cursor:
        cursor.execute(sql("mark_units"), values)


def _day(score: Score) -> date:
    return datetime.fromtimestamp(score.at_ns // 1_000_000_000, UTC).date()
