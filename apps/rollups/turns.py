"""Whose turn it is: one message at a time for a deployment, paced by how long its rebuilds take, with an end to dying."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from apps.pulse import tries
from apps.rollups.models import Rebuild
from apps.rollups.prices import edition

REST = 20
"""The next rebuild begins no sooner than twenty times what the last one spent of its worker's processor, Postgres spending
about as much: at most a tenth of a core. Waiting, for a lock, a replica, or a server that is gone, is not paced."""
CLAIM = timedelta(seconds=100)
"""How long a message may be under way before another is sent: a lost one costs two minutes at most, and a message too many
finds the deployment locked or nothing to do."""
WAIT_AFTER_FAILURE = timedelta(seconds=15)
MOST_ATTEMPTS = tries.MOST
TASK = "rebuild"


@dataclass(frozen=True)
class Turn:
    organization_id: int
    deployment_id: int


@transaction.atomic
def claim(turn: Turn, *, now: datetime) -> bool:
    """Whether a message is to be sent for this deployment now; true once until the claim ends or the rebuild does."""
    _enter(turn)
    due = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + WAIT_AFTER_FAILURE)
    # Begun, and the row is free: whoever began has died, or has not come far enough to mind a message too many.
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + CLAIM) | Q(attempts__gt=0)
    state = _free(turn).filter(due, unclaimed, quarantined_at=None).first()
    if state is None or (state.not_before is not None and _lies_ahead(state.not_before, now, _longest_pause(state))):
        return False
    state.claimed_until = now + CLAIM
    state.save(update_fields=["claimed_until"])
    return True


def _lies_ahead(moment: datetime, now: datetime, most: timedelta) -> bool:
    """What lies further ahead than it is ever set was set by a clock that has been put back since; it holds nobody up."""
    return now < moment <= now + most


def _longest_pause(state: Rebuild) -> timedelta:
    return max(WAIT_AFTER_FAILURE, timedelta(microseconds=state.took_us or 0) * (1 + REST))


@transaction.atomic(durable=True)
def begin(turn: Turn, *, now: datetime) -> bool:
    """See tries.begin."""
    _enter(turn)
    return tries.begin(_free(turn), now=now, task=TASK)


def lock(turn: Turn) -> bool:
    """Inside the rebuild's snapshot: this deployment is nobody else's until the transaction ends.

    Raises OperationalError (could not serialize) when another rebuild has ended since the snapshot began.
    """
    return _free(turn).first() is not None


def finish(turn: Turn, *, now: datetime, took: timedelta, spent: timedelta) -> None:
    """In the rebuild's transaction, after which nothing of it can fail; `spent`: of the processor."""
    Rebuild.objects.filter(**_place(turn)).update(
        attempts=0,
        quarantined_at=None,
        claimed_until=None,
        not_before=now + took + min(spent, took) * REST,
        rebuilt_at=now + took,
        took_us=took // timedelta(microseconds=1),
        last_error="",
    )


def fail(turn: Turn, *, now: datetime, error: Exception) -> None:
    """A rebuild that raised is tried again a little later; what the database cannot be told now is as if it had died."""
    forgiven = 0 if tries.is_its_fault(error) else 1
    with suppress(DatabaseError):
        Rebuild.objects.filter(**_place(turn)).update(
            claimed_until=None,
            not_before=now + WAIT_AFTER_FAILURE,
            attempts=Greatest(F("attempts") - forgiven, 0),
            last_error=tries.told(error),
        )


def release(turn: Turn) -> None:
    """Take a deployment out of quarantine."""
    Rebuild.objects.filter(**_place(turn)).update(quarantined_at=None, attempts=0, claimed_until=None, not_before=None)


def _free(turn: Turn) -> QuerySet[Rebuild]:
    """The row, locked for this transaction, unless another one holds it: nobody waits for a rebuild to end."""
    return Rebuild.objects.select_for_update(skip_locked=True).filter(**_place(turn))


def _enter(turn: Turn) -> None:
    Rebuild.objects.bulk_create([Rebuild(edition=edition(), **_place(turn))], ignore_conflicts=True)


def _place(turn: Turn) -> dict[str, int]:
    return {"organization_id": turn.organization_id, "deployment_id": turn.deployment_id}
