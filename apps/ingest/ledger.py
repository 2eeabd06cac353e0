"""The row that says what became of a post."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connections, transaction
from msgspec import Struct

from apps.ingest import faults
from apps.ingest.refusals import PostError, Rejection
from apps.ingest.resolve import Owner
from apps.organizations import access

INSERT = """
INSERT INTO ingest_batch (organization_id, deployment_id, received_at, source, refused, accepted, duplicate, conflict,
    rejected, reasons, samples, warnings, skew_ms, body_bytes, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
REPLAYS_FROM_BYTES = 65_536
"""Of smaller posts decoding costs less than asking would; the index holds no others."""
BEFORE = """
SELECT accepted + duplicate, conflict FROM ingest_batch
WHERE organization_id = %s AND deployment_id = %s AND digest = %s AND source = %s AND body_bytes >= 65536
    AND refused IS NULL AND rejected = 0 AND warnings = '{}'
LIMIT 1
"""


MOST_SAMPLES = 3


class Post(Struct, frozen=True):
    """What is known of a post before anything of it is stored."""

    owner: Owner
    source: str
    received_at: datetime
    body_bytes: int
    digest: bytes
    skew: timedelta | None = None


class Counts(Struct):
    accepted: int = 0
    duplicate: int = 0
    conflict: int = 0


def post_of(body: bytes, *, owner: Owner, source: str, now: datetime, skew: timedelta | None = None) -> Post:
    digest = hashlib.sha256(body).digest()[:16]
    return Post(owner, source, now, len(body), digest, skew)


def enter(
    post: Post,
    counts: Counts,
    rejected: Sequence[Rejection] = (),
    warnings: Iterable[str] = (),
    *,
    refused: str | None = None,
) -> None:
    """In the transaction of the rows."""
    reasons = Counter(one.code for one in rejected)
    values: list[Any] = [
        post.owner.organization_id,
        post.owner.deployment_id,
        post.received_at,
        post.source,
        refused,
        counts.accepted,
        counts.duplicate,
        counts.conflict,
        reasons.total(),
        msgspec.json.encode(reasons).decode(),
        msgspec.json.encode(samples_of(rejected)).decode() if rejected else None,
        msgspec.json.encode(Counter(warnings)).decode(),
        None if post.skew is None else post.skew // timedelta(milliseconds=1),
        post.body_bytes,
        post.digest,
    ]
    with connections["ingest"].cursor() as cursor:
        cursor.execute(INSERT, values)


def samples_of(rejected: Sequence[Rejection]) -> list[Rejection]:
    """What is kept of them: the first few, without a name that their sender chose."""
    return [Rejection(one.index, one.code, faults.unquoted(one.message)) for one in rejected[:MOST_SAMPLES]]


def replayed(post: Post) -> Counts | None:
    """What there is to say of a large post that came before, byte for byte, entered once more; None where it is new.

    Only of posts of which every item was stored without a word, since the words are not kept. Whoever deletes raw rows
    before their time must delete the entries of their posts too, or a resend would not bring them back.
    """
    if post.body_bytes < REPLAYS_FROM_BYTES:
        return None
    with transaction.atomic(using="ingest", durable=True):
        access.open_organization(post.owner.organization_id, using="ingest")
        with connections["ingest"].cursor() as cursor:
            cursor.execute(BEFORE, [*post.owner, post.digest, post.source])
            row = cursor.fetchone()
        if row is None:
            return None
        counts = Counts(duplicate=row[0], conflict=row[1])
        enter(post, counts)
    return counts


@contextmanager
def refusals_of(post: Post) -> Iterator[None]:
    """A post that is turned down as a whole inside the block is entered too, in a transaction of its own."""
    try:
        yield
    except PostError as error:
        with transaction.atomic(using="ingest", durable=True):
            access.open_organization(post.owner.organization_id, using="ingest")
            enter(post, Counts(), refused=error.code)
        raise
