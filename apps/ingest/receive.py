"""One transaction for a post: rows, marks and the ledger, or nothing. What was answered 200 is committed.

Rows are copied as if none of them were there; when one is, the transaction is begun anew and told which. So the common
post pays nothing for duplicates, and a hundred equal posts at once store one.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import TypeVar

from django.db import connections, transaction
from psycopg.errors import UndefinedTable, UniqueViolation

from apps.ingest import copying, ledger
from apps.ingest.ledger import Counts, Post
from apps.ingest.refusals import Rejection
from apps.ingest.resolve import ATTEMPT_COLUMNS, REQUEST_COLUMNS, Resolved
from apps.organizations import access

MOST_TRIES = 8
"""Each further try met another post that stored some of the same rows meanwhile."""

Days = dict[date, list[Resolved]]
Result = TypeVar("Result")


def receive(
    *, post: Post, resolved: Sequence[Resolved], rejected: Sequence[Rejection], warnings: Sequence[str]
) -> Counts:
    """Store what is new of these requests; the first of several with one id is kept."""
    days, counts = _once_each(resolved)

    def store(again: bool) -> Counts:
        new, stored = (_not_yet_stored(post, days, counts)) if again else (days, counts)
        for day, rows in new.items():
            copying.copy("traces_request", REQUEST_COLUMNS, [row.request for row in rows], day=day)
        for day, rows in new.items():
            attempts = [attempt for row in rows for attempt in row.attempts]
            if attempts:
                copying.copy("traces_attempt", ATTEMPT_COLUMNS, attempts, day=day)
        mark_hours(post, new)
        stored.accepted = sum(map(len, new.values()))
        ledger.enter(post, stored, rejected, warnings)
        return stored

    return in_one_transaction(post, store, days=list(days))


def in_one_transaction(post: Post, store: Callable[[bool], Result], *, days: Sequence[date]) -> Result:
    """`store(again)` committed; `again` is true once a row turned out to be there. Raises what the database raises."""
    again = False
    for _ in range(MOST_TRIES):
        try:
            with transaction.atomic(using="ingest", durable=True):
                access.open_organization(post.owner.organization_id, using="ingest")
                return store(again)
        except UniqueViolation:
            again = True
        except UndefinedTable:
            copying.make_partitions(days)
    raise RuntimeError(f"other posts stored rows of this one {MOST_TRIES} times in a row")


def _once_each(resolved: Sequence[Resolved]) -> tuple[Days, Counts]:
    """By day and in one order everywhere, so that two posts of the same rows wait for each other and never cross."""
    counts = Counts()
    first: dict[tuple[date, str], Resolved] = {}
    for row in resolved:
        kept = first.setdefault((row.received_at.date(), row.request_id), row)
        if kept is not row:
            _count(counts, kept.content_hash, row.content_hash)
    days: Days = defaultdict(list)
    for (day, _), row in sorted(first.items()):
        days[day].append(row)
    return dict(days), counts


def _not_yet_stored(post: Post, days: Days, before: Counts) -> tuple[Days, Counts]:
    counts = Counts(duplicate=before.duplicate, conflict=before.conflict)
    new: Days = {}
    organization_id, deployment_id = post.owner
    for day, rows in days.items():
        stored = {
            request_id: bytes(content_hash)
            for request_id, content_hash in copying.present(
                "traces_request",
                ("request_id", "content_hash"),
                "request_id",
                [row.request_id for row in rows],
                organization_id=organization_id,
                deployment_id=deployment_id,
                day=day,
            )
        }
        for row in rows:
            if row.request_id in stored:
                _count(counts, stored[row.request_id], row.content_hash)
            else:
                new.setdefault(day, []).append(row)
    return new, counts


def _count(counts: Counts, kept: bytes, other: bytes) -> None:
    if kept == other:
        counts.duplicate += 1
    else:
        counts.conflict += 1


def mark_hours(post: Post, days: Days) -> None:
    """Leave word that these hours have to be computed again, in the transaction of their rows."""
    # By the number of the hour: a thousand times with a zone cost a millisecond to be told apart.
    hours = [
        datetime.combine(day, time(hour), UTC)
        for day, rows in days.items()
        for hour in sorted({row.received_at.hour for row in rows})
    ]
    if not hours:
        return
    with connections["ingest"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_stalehour (organization_id, deployment_id, hour, marked_at) "
            "SELECT %s, %s, hour, %s FROM unnest(%s::timestamptz[]) hour",
            [*post.owner, post.received_at, hours],
        )
