"""When each deployment was last heard of, and how it reports, which says what change would let more of it be measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from apps.deployments.models import Deployment

SQL = Path(__file__).parent.parent / "sql"
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
    """By deployment; those that nothing ever came from are absent.

    One statement, and one more for those of which nothing came LATELY: planning to look into five weeks of partitions takes
    as long as all the rest.
    """
    wanted = [one.pk for one in deployments]
    found = {
        one: (seen, sources, dialects) for one, seen, sources, dialects in _rows("heard", organization_id, wanted, now)
    }
    quiet = [one for one in wanted if found[one][0] is None]
    earlier = dict(_rows("last_seen", organization_id, quiet, now)) if quiet else {}
    return {
        one: Heard(last_seen, tuple(sources), tuple(dialects))
        for one, (seen, sources, dialects) in found.items()
        if (last_seen := seen or earlier.get(one)) is not None
    }


def _rows(question: str, organization_id: int, deployments: Sequence[int], now: datetime) -> list[tuple[Any, ...]]:
    values = {
        "organization": organization_id,
        "deployments": deployments,
        "since": (now - LOOK_BACK).date(),
        "lately": (now - LATELY).date(),
        "bound": BOUND,
    }
    with connection.cursor() as cursor:
        cursor.execute((SQL / f"{question}.sql").read_text(), values)
        return list(cursor.fetchall())
