"""Every deployment of an organization with its window and its standings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apps.benchmarks.queries import Standing, standings_of_all
from apps.dashboards.queries.last_seen import last_seen
from apps.dashboards.queries.windows import windows_of
from apps.deployments.models import Deployment
from apps.deployments.queries import assumptions_of_all
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
    heard = [one for one in deployments if one.pk in seen]
    windows = windows_of(organization.pk, heard, now=now)
    places = standings_of_all(deployments=heard, pool=organization.pool)
    declared = assumptions_of_all(deployments, today)
    return [
        Listed(
            slug=one.slug,
            name=one.name,
            user_facing=one.pk not in declared or declared[one.pk].user_facing,
            created_at=one.created_at,
            last_seen=seen.get(one.pk),
            window=windows.get(one.pk),
            standings=places.get(one.pk, {}),
        )
        for one in deployments
    ]
