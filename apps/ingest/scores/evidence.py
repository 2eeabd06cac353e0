"""From scores to the quality of their requests: the mean over scorers of the latest score of each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from apps.ingest.derived import Identity
from apps.ingest.models import Score
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner, Resolved


def settle(identities: Sequence[Identity], owner: Owner) -> set[datetime]:
    """Write the quality of these requests where scores speak of them; returns the times of those it changed."""
    if not identities:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(sql("settle_quality"), _values(identities, owner))
        return {received_at for (received_at,) in cursor.fetchall()}


def reapply(rows: Sequence[Resolved], gone: Sequence[Identity], owner: Owner, *, now: datetime) -> set[datetime]:
    """After requests were derived again: their scores still count, and those of requests that are no more look anew."""
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(sql("look_again"), {**_values(gone, owner), "now": now})
    return settle([(row.received_at.date(), row.request_id) for row in rows], owner) if _any(owner) else set()


def _any(owner: Owner) -> bool:
    """Whether a score is known to be of any request here: most deployments have none."""
    return Score.objects.filter(**owner._asdict(), request_id__isnull=False).exists()


def _values(identities: Sequence[Identity], owner: Owner) -> dict[str, Any]:
    days: list[date] = [day for day, _ in identities]
    ids = [request_id for _, request_id in identities]
    return {**place(owner), "days": days, "ids": ids, "first": min(days), "last": max(days)}
