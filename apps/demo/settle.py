"""Waiting until the rollups have caught up with what the demo posted."""

import time
from collections.abc import Callable, Collection
from datetime import timedelta

from django.db.models import Q

from apps.deployments.models import StaleSince
from apps.traces.models import StaleHour

LOOK_EVERY = timedelta(seconds=0.5)


def settle(
    *,
    organization_ids: Collection[int],
    patience: timedelta,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Wait for the marks of these organizations to be collected; how many are left when patience ends (0: all done).

    A mark goes in the transaction that puts the new figures in place. Runs as the worker role, which sees all marks.
    """
    deadline = clock() + patience.total_seconds()
    ours = Q(organization_id__in=list(organization_ids))
    while left := StaleHour.objects.filter(ours).count() + StaleSince.objects.filter(ours).count():
        if clock() >= deadline:
            return left
        sleep(LOOK_EVERY.total_seconds())
    return 0
