"""Before a week is frozen, its rollups have taken up everything that was accepted until now."""

import time
from datetime import datetime, timedelta

import structlog

from apps.benchmarks.weeks import Week
from apps.deployments.models import StaleSince
from apps.organizations.models import Organization
from apps.rollups.sweep import rebuild_all
from apps.traces.models import StaleHour

PATIENCE = timedelta(seconds=90)
"""For rebuilds that another worker has begun. A deployment in quarantine stays behind, and its figures with it."""
LOOK_EVERY = timedelta(milliseconds=200)
log = structlog.get_logger(__name__)


def catch_up(*, pool: str, week: Week, now: datetime, patience: timedelta = PATIENCE) -> bool:
    """Rebuild what is stale in the window of the week; whether nothing is left. Runs as the worker."""
    deadline = time.monotonic() + patience.total_seconds()
    organizations = set(Organization.objects.filter(pool=pool).values_list("pk", flat=True))
    while True:
        rebuild_all(now=now, of=organizations)
        left = _stale(organizations, week)
        if not left:
            return True
        if time.monotonic() >= deadline:
            log.warning("freezing with stale figures", pool=pool, week=str(week), deployments=sorted(left))
            return False
        time.sleep(LOOK_EVERY.total_seconds())


def _stale(organizations: set[int], week: Week) -> set[int]:
    """Their deployments with a mark in the window; the running hour of a busy one is marked all the time."""
    hours = StaleHour.objects.filter(
        organization_id__in=organizations, hour__date__gte=week.first_day, hour__date__lte=week.last_day
    )
    since = StaleSince.objects.filter(organization_id__in=organizations, since__lte=week.last_day)
    return set(hours.values_list("deployment_id", flat=True)) | set(since.values_list("deployment_id", flat=True))
