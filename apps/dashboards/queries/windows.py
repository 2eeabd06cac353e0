"""What the pages of a deployment are built from: its window, its weeks, its standings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from apps.benchmarks.queries import Standing, standings
from apps.deployments.models import Deployment
from apps.rollups.over_time import by_week
from apps.rollups.sums import RequestSums
from apps.rollups.window import DeploymentWindow, deployment_window

DAYS = 28
WEEKS = 26


@dataclass(frozen=True)
class Facts:
    """`window`: the 28 days to today; `weeks`: complete ISO weeks by their Monday; `standings`: of the last freeze."""

    window: DeploymentWindow
    weeks: Mapping[date, RequestSums]
    standings: Mapping[str, Standing]


def days_to(now: datetime, *, days: int = DAYS) -> tuple[date, date]:
    """The first and the last day of the window that ends today, in UTC."""
    today = now.astimezone(UTC).date()
    return today - timedelta(days=days - 1), today


def window_of(deployment: Deployment, *, now: datetime) -> DeploymentWindow:
    first, last = days_to(now)
    return deployment_window(deployment.organization_id, deployment.pk, first, last)


def standings_of(deployment: Deployment) -> Mapping[str, Standing]:
    return standings(deployment=deployment, pool=deployment.organization.pool)


def facts_of(deployment: Deployment, *, now: datetime) -> Facts:
    return Facts(window_of(deployment, now=now), _weeks(deployment, now=now), standings_of(deployment))


def _weeks(deployment: Deployment, *, now: datetime) -> Mapping[date, RequestSums]:
    today = now.astimezone(UTC).date()
    sunday = today - timedelta(days=today.weekday() + 1)
    return by_week(
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=sunday - timedelta(days=7 * WEEKS - 1),
        end=sunday,
    )
