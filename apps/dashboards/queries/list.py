"""Every deployment of an organization with its window and its standings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apps.benchmarks.queries import Standing
from apps.dashboards.queries.last_seen import last_seen
from apps.dashboards.queries.windows import standings_of, window_of
from apps.deployments.models import Deployment
from apps.deployments.queries import assumptions_on
from apps.organizations.models import Organization
from apps.rollups.window import DeploymentWindow


@dataclass(frozen=True)
class Listed:
    """One deployment; without a window when nothing ever came."""

    slug: str
    name: str
    user_facing: bool
    created_at: datetime
    last_seen: datetime | None
    window: DeploymentWindow | None
    standings: Mapping[str, Standing]


def listed(
    organization: Organization, deployments: Sequence[Deployment], *, today: date, now: datetime
) -> list[Listed]:
    """In the order given."""
    seen = last_seen(organization.pk, deployments, now=now)
    return [_listed(one, seen.get(one.pk), today=today, now=now) for one in deployments]


def _listed(deployment: Deployment, seen: datetime | None, *, today: date, now: datetime) -> Listed:
    declared = assumptions_on(deployment, today)
    return Listed(
        slug=deployment.slug,
        name=deployment.name,
        user_facing=declared is None or declared.user_facing,
        created_at=deployment.created_at,
        last_seen=seen,
        window=window_of(deployment, now=now) if seen else None,
        standings=standings_of(deployment) if seen else {},
    )
