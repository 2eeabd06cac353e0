"""Whose turn it is to have requests derived from spans: one process a deployment, and an end to dying."""

from contextlib import suppress
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from apps.ingest.models import Derivation
from apps.ingest.resolve import Owner
from apps.pulse import tries

TASK = "derive"


@transaction.atomic(durable=True)
def begin(owner: Owner, *, now: datetime) -> bool:
    """See tries.begin."""
    Derivation.objects.bulk_create([Derivation(**owner._asdict())], ignore_conflicts=True)
    return tries.begin(_free(owner), now=now, task=TASK)


def lock(owner: Owner) -> bool:
    """Until the transaction ends nobody else derives for this deployment."""
    return _free(owner).first() is not None


def finish(owner: Owner) -> None:
    """In the transaction of the requests."""
    _of(owner).update(attempts=0, quarantined_at=None, last_error="")


def fail(owner: Owner, *, error: Exception) -> None:
    """What the database cannot be told now is no worse than a process that died."""
    forgiven = 0 if tries.is_its_fault(error) else 1
    with suppress(DatabaseError):
        _of(owner).update(last_error=tries.told(error), attempts=Greatest(F("attempts") - forgiven, 0))


def release(owner: Owner) -> None:
    """Take a deployment out of quarantine."""
    _of(owner).update(quarantined_at=None, attempts=0)


def _free(owner: Owner) -> QuerySet[Derivation]:
    return _of(owner).select_for_update(skip_locked=True)


def _of(owner: Owner) -> QuerySet[Derivation]:
    return Derivation.objects.filter(**owner._asdict())
