"""Computing the fixes of each deployment anew, every few hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.advice.fixes import Fix, fixes
from apps.advice.load import DAYS, facts_of
from apps.advice.models import Advised
from apps.advice.stored import packed
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.organizations.models import Organization
from apps.pulse import tries
from apps.rollups.over_time import last_days

EVERY = timedelta(hours=6)
CLAIM = timedelta(minutes=30)
GIVEN_UP = timedelta(days=1)
"""After so long what was set aside is tried again: the days it choked on may have passed."""
TASK = "advise"


def claimed(*, now: datetime) -> Iterator[tuple[int, int]]:
    """Deployments to send a message for; as the worker."""
    Advised.objects.filter(quarantined_at__lt=now - GIVEN_UP).update(quarantined_at=None, attempts=0)
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id):
            _note(organization_id, now)
        due = _due(now).filter(organization_id=organization_id)
        free = due.filter(Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + CLAIM))
        for pk, deployment_id in free.values_list("pk", "deployment_id"):
            if free.filter(pk=pk).update(claimed_until=now + CLAIM):
                yield organization_id, deployment_id


def _note(organization_id: int, now: datetime) -> None:
    """A row for each deployment with requests in the window."""
    deployments = list(Deployment.objects.filter(organization_id=organization_id).values_list("pk", flat=True))
    seen = last_days(organization_id=organization_id, deployment_ids=deployments)
    since = now.date() - timedelta(days=DAYS)
    rows = [Advised(organization_id=organization_id, deployment_id=one) for one, day in seen.items() if day >= since]
    Advised.objects.bulk_create(rows, ignore_conflicts=True)


def _due(now: datetime) -> QuerySet[Advised]:
    return Advised.objects.filter(quarantined_at=None).filter(Q(computed_at=None) | Q(computed_at__lte=now - EVERY))


def advise(*, organization_id: int, deployment_id: int, now: datetime) -> list[Fix] | None:
    """None when it is not due, when another worker is at it, when it was set aside, or without requests."""
    mine = {"organization_id": organization_id, "deployment_id": deployment_id}
    with transaction.atomic(durable=True):
        free = _due(now).filter(**mine).select_for_update(skip_locked=True)
        if not tries.begin(free, now=now, task=TASK):
            return None
    try:
        with access.scope(organization_id):
            facts = facts_of(Deployment.objects.get(pk=deployment_id), now=now)
            found = None if facts is None else fixes(facts)
            answer = None if facts is None or found is None else packed(facts, found)
            Advised.objects.filter(**mine).update(
                answer=answer, computed_at=now, attempts=0, claimed_until=None, last_error=""
            )
    except Exception as error:
        Advised.objects.filter(**mine).update(last_error=tries.told(error), claimed_until=None)
        raise
    return found
