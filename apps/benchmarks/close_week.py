"""The end of a week, for a pool: rollups up to date, every tenant's figures, one freeze."""

from datetime import datetime

from apps.benchmarks.catch_up import catch_up
from apps.benchmarks.contribute import contribute, introduce
from apps.benchmarks.freeze import check_due, freeze, place
from apps.benchmarks.models import Freeze
from apps.benchmarks.weeks import Week
from apps.organizations.models import Organization


def close_week(*, week: Week, pool: str, now: datetime) -> Freeze:
    """Freeze the week unless it is frozen; runs as the worker. Raises NotDueError before its time."""
    check_due(week, now=now)
    made = Freeze.objects.filter(pool=pool, week=str(week)).first()
    if made is None:
        catch_up(pool=pool, week=week, now=now)
        for organization in Organization.objects.filter(pool=pool).order_by("pk"):
            contribute(organization, week=week, now=now)
        made = freeze(week=week, now=now, pool=pool)
    return made


def due(*, now: datetime) -> list[tuple[str, Week]]:
    """(pool, week) of every pool that had organizations when the last due week ended, frozen or not.

    A pool whose first organization came later has nothing of that week to compare; its operator may still freeze it.
    """
    week = Week.last_due(now)
    pools = Organization.objects.filter(created_at__lt=week.freeze_at).order_by("pool").values_list("pool", flat=True)
    frozen = Freeze.objects.filter(week=str(week)).values_list("pool", flat=True)
    return [(pool, week) for pool in sorted({*pools.distinct(), *frozen})]


def close_due(*, pool: str, week: Week, now: datetime) -> None:
    """Freeze the week unless it is frozen, and place who came since."""
    place_newcomers(close_week(week=week, pool=pool, now=now), now=now)


def place_newcomers(frozen: Freeze, *, now: datetime) -> int:
    """Give each organization that came after the freeze its place beside the tables; how many there were."""
    week, placed = Week.parse(frozen.week), 0
    for organization in Organization.objects.filter(pool=frozen.pool, created_at__gte=frozen.frozen_at):
        if introduce(organization, week=week, now=now):
            place(frozen=frozen, organization_id=organization.pk)
            placed += 1
    return placed
