"""Requests of a deployment with their attempts, the newest first, a page at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from apps.deployments.models import Deployment
from apps.traces.models import Attempt, Request


@dataclass(frozen=True)
class Key:
    """Where a page ended: the place of its last request in the order of the list."""

    received_at: datetime
    request_id: str


@dataclass(frozen=True)
class Asked:
    """What is wanted: `since` included, `until` not; None = any."""

    since: datetime
    until: datetime
    environment: str | None = None
    outcome: str | None = None
    after: Key | None = None
    limit: int = 50


@dataclass(frozen=True)
class WithAttempts:
    request: Request
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class PageOfRequests:
    rows: tuple[WithAttempts, ...]
    following: Key | None
    """Where the next page begins; None on the last one."""


def requests(deployment: Deployment, asked: Asked) -> PageOfRequests:
    """Bounded by days, which prunes partitions; pages follow a key, so that a late one costs as little as the first."""
    until = min(asked.until, asked.after.received_at) if asked.after else asked.until
    found = Request.objects.filter(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        day__range=(asked.since.astimezone(UTC).date(), until.astimezone(UTC).date()),
        received_at__gte=asked.since,
        received_at__lt=asked.until,
    )
    if asked.environment is not None:
        found = found.filter(environment=asked.environment)
    if asked.outcome is not None:
        found = found.filter(outcome=asked.outcome)
    if asked.after is not None:
        same = Q(received_at=asked.after.received_at, request_id__lt=asked.after.request_id)
        found = found.filter(
            Q(received_at__lt=asked.after.received_at) | same, received_at__lte=asked.after.received_at
        )
    rows = list(found.order_by("-received_at", "-request_id")[: asked.limit + 1])
    shown = rows[: asked.limit]
    following = Key(shown[-1].received_at, shown[-1].request_id) if len(rows) > asked.limit else None
    return PageOfRequests(_with_attempts(deployment, shown), following)


def _with_attempts(deployment: Deployment, shown: Sequence[Request]) -> tuple[WithAttempts, ...]:
    found = Attempt.objects.filter(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        day__in={request.day for request in shown},
        request_id__in=[request.request_id for request in shown],
    )
    attempts: dict[tuple[object, str], list[Attempt]] = defaultdict(list)
    for attempt in found.order_by("n") if shown else ():
        attempts[attempt.day, attempt.request_id].append(attempt)
    return tuple(WithAttempts(one, tuple(attempts[one.day, one.request_id])) for one in shown)
