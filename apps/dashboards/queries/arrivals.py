"""What comes in from a deployment, by its latest requests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from apps.deployments.models import Deployment
from apps.rollups.over_time import first_and_last_day

SQL = Path(__file__).parent.parent / "sql"
LOOK_BACK = timedelta(days=35)
BOUND = 1_000
"""Requests looked at: enough to tell what a source reports, and quick on any deployment."""


@dataclass(frozen=True)
class Arrivals:
    """Counts over the latest requests, at most BOUND of the last 35 days; `earliest` and `latest` are among these."""

    requests: int
    earliest: datetime
    latest: datetime
    with_task: int
    with_quality: int
    with_overhead: int
    with_outcome: int
    failed: int
    production: int
    bases: tuple[str, ...]
    sources: tuple[str, ...]
    dialects: tuple[str, ...]
    """Of the latest calls that came as spans or rows, most first."""
    completeness: Mapping[str, int]
    attempts: int
    answered: int
    answered_with_tokens: int
    with_cost: int
    with_start: int
    models: tuple[str, ...]
    providers: tuple[str, ...]

    @property
    def bounded(self) -> bool:
        """Whether there are more requests than were looked at."""
        return self.requests >= BOUND


def arrivals(deployment: Deployment, *, now: datetime) -> Arrivals | None:
    """None when nothing came within the last 35 days."""
    values: dict[str, Any] = {
        "organization": deployment.organization_id,
        "deployment": deployment.pk,
        "since": (now - LOOK_BACK).date(),
        "bound": BOUND,
    }
    requests = _one("latest_requests", values)
    if not requests["requests"]:
        return None
    attempts = _one("latest_attempts", values)
    with connection.cursor() as cursor:
        cursor.execute((SQL / "latest_dialects.sql").read_text(), values)
        dialects = [dialect for (dialect,) in cursor.fetchall()]
    merged = {**requests, **attempts, "dialects": dialects}
    lists = {name: tuple(merged[name] or ()) for name in ("bases", "sources", "dialects", "models", "providers")}
    return Arrivals(**{**merged, **lists})


def ever(deployment: Deployment) -> date | None:
    """The latest day with a request, however long ago, as far as it is rolled up; None when nothing ever came."""
    days = first_and_last_day(organization_id=deployment.organization_id, deployment_id=deployment.pk)
    return days[1] if days else None


def _one(question: str, values: Mapping[str, Any]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute((SQL / f"{question}.sql").read_text(), values)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    return {
        name: json.loads(value) if name == "completeness" else value
        for name, value in zip(names, row or (), strict=True)
    }
