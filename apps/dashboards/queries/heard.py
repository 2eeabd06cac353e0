"""When each deployment was last heard of, and how it reports, which says what change would let more of it be measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from apps.deployments.models import Deployment

SQL = Path(__file__).parent.parent / "sql" / "heard.sql"
LOOK_BACK = timedelta(days=35)
LATELY = timedelta(days=7)
BOUND = 100
"""Requests, and calls, of each that are looked at to tell how it reports."""


@dataclass(frozen=True)
class Heard:
    """`last_seen`: the receipt of the latest request; of those older than LOOK_BACK the midnight of the day (UTC)."""

    last_seen: datetime
    sources: tuple[str, ...] = ()
    """By which ways requests came in LATELY."""
    dialects: tuple[str, ...] = ()
    """Of the calls LATELY that came as spans, most first."""


def heard_of(organization_id: int, deployments: Sequence[Deployment], *, now: datetime) -> dict[int, Heard]:
    """By deployment; those that nothing ever came from are absent. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            SQL.read_text(),
            {
                "organization": organization_id,
                "deployments": [one.pk for one in deployments],
                "since": (now - LOOK_BACK).date(),
                "lately": (now - LATELY).date(),
                "bound": BOUND,
            },
        )
        return {
            one: Heard(last_seen, tuple(sources), tuple(dialects))
            for one, last_seen, sources, dialects in cursor.fetchall()
            if last_seen is not None
        }
