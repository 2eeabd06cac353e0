"""How often work was begun and not finished, so that what kills its process every time ends up set aside.

For rows with `attempts`, `quarantined_at` and `last_error`, one for each unit that must not stand in another's way.
"""

from datetime import datetime
from typing import Any

import structlog
from django.db.models import QuerySet

from apps.pulse import counters

MOST = 5
"""Begun and not finished in a row before a unit is quarantined."""
NOT_ITS_FAULT = ("40001", "40P01", "53100", "53300", "55P03", "58030")
"""SQLSTATEs: could not serialize, deadlock, disk full, no connection left, lock not available, disk error."""
LONGEST_ERROR = 500
log = structlog.get_logger(__name__)


def begin(free: QuerySet[Any], *, now: datetime, task: str) -> bool:
    """Count an attempt before it can die, in a transaction of its own.

    False when another process is at it (`free` yields the row locked, or nothing), or when it is set aside.
    """
    state = free.first()
    if state is None:
        return False
    if state.quarantined_at is None and state.attempts >= MOST:
        state.quarantined_at = now
        log.error("quarantined after too many tries", work=task, attempts=state.attempts)
        counters.add("tollmark_tasks_quarantined_total", task=task)
    elif state.quarantined_at is None:
        if state.attempts:
            counters.add("tollmark_tasks_tried_again_total", task=task)
        state.attempts += 1
    state.save(update_fields=["quarantined_at", "attempts"])
    return state.quarantined_at is None


def told(error: Exception) -> str:
    """An error as it may be stored: the class alone, since a message might quote what it stumbled over."""
    state = _sqlstate(error)
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return (f"{name} (SQLSTATE {state})" if state else name)[:LONGEST_ERROR]


def is_its_fault(error: Exception) -> bool:
    """Whether an attempt counts: not where every other unit would have failed as well."""
    return _sqlstate(error) not in NOT_ITS_FAULT


def _sqlstate(error: Exception) -> str | None:
    return getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
