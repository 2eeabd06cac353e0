"""What became of the posts of a deployment: taken, doubled, turned down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from apps.deployments.models import Deployment
from apps.rollups.by_label import folded

SQL = (Path(__file__).parents[1] / "sql" / "posts.sql").read_text()
_COUNTS = ("posts", "accepted", "duplicate", "conflict", "rejected", "refused")
LOOK_BACK = timedelta(days=7)


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
    values: dict[str, Any] = {
        "organization": deployment.organization_id,
        "deployment": deployment.pk,
        "since": now - LOOK_BACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, values)
        return Posts(**dict(zip(_COUNTS, cursor.fetchone(), strict=True)))


def folded_labels(deployment: Deployment, *, now: datetime) -> list[str]:
    """Kinds of labels of which there were too many to tell them apart, in the same days."""
    return folded(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=(now - LOOK_BACK).date(),
        end=now.date(),
    )
