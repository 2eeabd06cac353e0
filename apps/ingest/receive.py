"""One transaction for a post: rows, marks and the ledger, or nothing. What was answered 200 is committed.

Rows are copied as if none of them were there; when one is, the transaction is begun anew and told which. So the common
post pays nothing for duplicates, and a hundred equal posts at once store one.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Sequence
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
Identity = tuple[date, str]
Result = TypeVar("Result")


def receive(
    *, post: Post, resolved: Sequence[Resolved], rejected: Sequence[Rejection], warnings: Sequence[str]
) -> Counts:
    """Store what is new of these requests; the first of several with one id is kept."""
    days, repeated = _once_each(resolved)

    def store(again: bool) -> Counts:
        stored = _stored(post, days) if again else {}
        new = _without(days, stored) if stored else days
        for day, rows in new.items():
            copying.copy("traces_request", REQUEST_COLUMNS, [row.request for row in rows], day=day)
        for day, rows in new.items():
            attempts = [attempt for row in rows for attempt in row.attempts]
            if attempts:
                copying.copy("traces_attempt", ATTEMPT_COLUMNS, attempts, day=day)
        mark_hours(post, new)
        counts = _count(days, repeated, stored)
        ledger.enter(post, counts, rejected, warnings)
        return counts

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


def _once_each(resolved: Sequence[Resolved]) -> tuple[Days, list[Resolved]]:
    """By day and in one order everywhere, so that two posts of the same rows wait for each other and never cross.

    The second: those whose identity came before in the post.
    """
    first: dict[Identity, Resolved] = {}
    repeated = [row for row in resolved if first.setdefault(_identity(row), row) is not row]
    days: Days = defaultdict(list)
    for (day, _), row in sorted(first.items()):
        days[day].append(row)
    return dict(days), repeated


def _identity(row: Resolved) -> Identity:
    return row.received_at.date(), row.request_id


def _stored(post: Post, days: Days) -> dict[Identity, bytes]:
    """The hash of what is kept under an identity, of those that are there already."""
    organization_id, deployment_id = post.owner
    return {
        (day, request_id): bytes(content_hash)
        for day, rows in days.items()
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


def _without(days: Days, stored: Container[Identity]) -> Days:
    left = {day: [row for row in rows if _identity(row) not in stored] for day, rows in days.items()}
    return {day: rows for day, rows in left.items() if rows}


def _count(days: Days, repeated: Sequence[Resolved], stored: dict[Identity, bytes]) -> Counts:
    """What is not new is compared with what is kept: the row that was there, else the first in the post."""
    first = [row for rows in days.values() for row in rows]
    again = [row for row in first if _identity(row) in stored] if stored else []
    kept = ({_identity(row): row.content_hash for row in first} if repeated else {}) | stored
    counts = Counts(accepted=len(first) - len(again))
    for row in (*again, *repeated):
        if kept[_identity(row)] == row.content_hash:
            counts.duplicate += 1
        else:
            counts.conflict += 1
    return counts


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
