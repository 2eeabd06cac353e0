"""The days and policy epochs of a deployment, with how many choices were good on each; needs an open organization."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha1
from pathlib import Path
from typing import Any

from django.db import connection

from apps.deployments.models import Annotation
from apps.rollups.epochs import Declared, Epoch, Planned, epochs
from apps.rollups.queries import PRODUCTION

SQL = Path(__file__).parent / "sql"
LONGEST = 400
"""Days looked back at."""
BASELINE_DAYS = 7
RECENT_DAYS = 7


@dataclass(frozen=True)
class Choices:
    """Of one day. `state`: another where the day's requests, prices or evidence are others."""

    requests: int = 0
    served: int = 0
    evaluable: int = 0
    optimal: int = 0
    under_quality: int = 0
    state: str = ""


@dataclass(frozen=True)
class Chosen:
    """Every day with requests, in order."""

    days: Mapping[date, Choices]
    epochs: tuple[Epoch, ...]

    @cached_property
    def current(self) -> Epoch | None:
        """The present one; None before the first request."""
        return self.epochs[-1] if self.epochs else None

    def evaluable_days(self, epoch: Epoch) -> list[date]:
        return [day for day, one in self.days.items() if epoch.has(day) and one.evaluable]

    def baseline(self, epoch: Epoch) -> list[date]:
        """The first seven evaluable days of an epoch, or as many as there are."""
        return self.evaluable_days(epoch)[:BASELINE_DAYS]

    def recent(self, epoch: Epoch) -> list[date]:
        """The last seven evaluable days after the baseline, or as many as there are."""
        return self.evaluable_days(epoch)[BASELINE_DAYS:][-RECENT_DAYS:]

    def together(self, days: list[date]) -> Choices:
        some = [self.days[day] for day in days]
        return Choices(
            requests=sum(one.requests for one in some),
            served=sum(one.served for one in some),
            evaluable=sum(one.evaluable for one in some),
            optimal=sum(one.optimal for one in some),
            under_quality=sum(one.under_quality for one in some),
        )


def chosen(*, organization_id: int, deployment_id: int, last: date, environment: str = PRODUCTION) -> Chosen:
    """Up to and with the day `last`."""
    values: dict[str, Any] = {
        "organization": organization_id,
        "deployment": deployment_id,
        "environment": environment,
        "first": last - timedelta(days=LONGEST - 1),
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute((SQL / "choices_of_days.sql").read_text(), values)
        rows = cursor.fetchall()
    planned = [Planned(day, task, model, policy, requests) for day, task, model, policy, requests, *_ in rows]
    marks = Annotation.objects.filter(
        organization_id=organization_id, deployment_id=deployment_id, kind=Annotation.Kind.POLICY, withdrawn_at=None
    ).values_list("at", "label")
    declared = [one for one in (Declared(at, label) for at, label in marks) if one.at.date() <= last]
    by_day: dict[date, list[tuple[Any, ...]]] = {}
    for day, *rest in rows:
        by_day.setdefault(day, []).append(tuple(rest))
    return Chosen({day: _choices(some) for day, some in by_day.items()}, epochs(planned, declared))


def _choices(rows: list[tuple[Any, ...]]) -> Choices:
    """Of one day: rows of labels, then sums."""
    requests, served, evaluable, optimal, under_quality = (sum(row[n] for row in rows) for n in range(3, 8))
    state = sha1(repr(rows).encode(), usedforsecurity=False).hexdigest()[:16]
    return Choices(requests, served, evaluable, optimal, under_quality, state)
