"""What became of the posts of a deployment: taken, doubled, turned down, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from apps.deployments.models import Deployment
from apps.rollups.by_label import folded

SQL = Path(__file__).parent.parent / "sql"
_COUNTS = ("posts", "accepted", "duplicate", "conflict", "rejected", "refused")
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Reason:
    """`kind` is rejected (items), refused (whole posts) or warning (kept items)."""

    kind: str
    code: str
    number: int


@dataclass(frozen=True)
class Posts:
    """Counts over the last seven days; accepted, duplicate, conflict and rejected are items, refused are posts."""

    posts: int
    accepted: int
    duplicate: int
    conflict: int
    rejected: int
    refused: int


def posts_of(deployment: Deployment, *, now: datetime) -> Posts:
    values = {
        "organization": deployment.organization_id,
        "deployment": deployment.pk,
        "since": now - LOOK_BACK,
    }
    (counts,) = _rows("posts", values)
    return Posts(**dict(zip(_COUNTS, counts, strict=True)))


def reasons_since(deployment: Deployment, *, since: datetime) -> list[Reason]:
    """At most 50, the most frequent."""
    values = {"organization": deployment.organization_id, "deployment": deployment.pk, "since": since}
    return [Reason(*row) for row in _rows("reasons", values)]


def _rows(question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute((SQL / f"{question}.sql").read_text(), values)
        return list(cursor.fetchall())


def folded_labels(deployment: Deployment, *, now: datetime) -> list[str]:
    """Kinds of labels of which there were too many to tell them apart, in the same days."""
    return folded(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=(now - LOOK_BACK).date(),
        end=now.date(),
    )
