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


def close_due(*, now: datetime) -> list[Freeze]:
    """Freeze the last due week of every pool that had organizations when it ended, and place who came since.

    A pool whose first organization came later has nothing of that week to compare; its operator may still freeze it.
    """
    week = Week.last_due(now)
    waiting = Organization.objects.filter(created_at__lt=week.freeze_at).order_by("pool")
    closed = [close_week(week=week, pool=pool, now=now) for pool in waiting.values_list("pool", flat=True).distinct()]
    for frozen in Freeze.objects.filter(week=str(week)):
        place_newcomers(frozen, now=now)
    return closed


def place_newcomers(frozen: Freeze, *, now: datetime) -> int:
    """Give each organization that came after the freeze its place beside the tables; how many there were."""
    week, placed = Week.parse(frozen.week), 0
    for organization in Organization.objects.filter(pool=frozen.pool, created_at__gte=frozen.frozen_at):
        if introduce(organization, week=week, now=now):
            place(frozen=frozen, organization_id=organization.pk)
            placed += 1
    return placed
