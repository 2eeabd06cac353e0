"""The demo's complete weeks: which of them are still to be frozen, and none on half of what is being posted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connections, transaction

from apps.benchmarks import closing
from apps.benchmarks.freeze import BENCHMARK
from apps.benchmarks.models import Freeze
from apps.benchmarks.weeks import Week
from apps.organizations.models import Organization

POOL = Organization.Pool.DEMO


def weeks_to_freeze(*, began: date, now: datetime) -> list[Week]:
    """Weeks that are due and not frozen, and whose whole window lies in the demo's time; newest first."""
    frozen = set(Freeze.objects.filter(pool=POOL).values_list("week", flat=True))
    week, found = Week.last_due(now), []
    while week.first_day >= began:
        if str(week) not in frozen:
            found.append(week)
        week = week.back(1)
    return found


@contextmanager
def held_open(week: Week | None) -> Iterator[None]:
    """Meanwhile nobody freezes `week` for the demo: not on what has been posted so far."""
    if week is None:
        yield
        return
    with transaction.atomic(using=BENCHMARK):
        with connections[BENCHMARK].cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        closing.writing(pool=POOL, week=str(week), using=BENCHMARK)
        yield
