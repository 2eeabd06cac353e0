"""Deployments that were set aside because work for them kept dying, and how they are let go; as the worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from apps.deployments.models import Deployment
from apps.ingest import derivations
from apps.ingest.models import Derivation
from apps.ingest.resolve import Owner
from apps.organizations import access
from apps.organizations.models import Organization
from apps.rollups import turns
from apps.rollups.models import Rebuild


@dataclass(frozen=True)
class Quarantined:
    """`name` is `<organization>/<deployment>`."""

    name: str
    task: str
    since: datetime | None
    attempts: int
    last_error: str
    owner: Owner


def quarantined() -> Iterator[Quarantined]:
    """Longest first within a task. Without a last error the process was killed, as for want of memory."""
    rebuilds = Rebuild.objects.filter(quarantined_at__isnull=False).order_by("quarantined_at")
    derived = Derivation.objects.filter(quarantined_at__isnull=False).order_by("quarantined_at")
    for task, rows in ((turns.TASK, list(rebuilds)), (derivations.TASK, list(derived))):
        for row in rows:
            owner = Owner(row.organization_id, row.deployment_id)
            yield Quarantined(_name(owner), task, row.quarantined_at, row.attempts, row.last_error, owner)


def release(one: Quarantined) -> None:
    """It is tried again with the next sweep, as many times as anew."""
    if one.task == turns.TASK:
        turns.release(turns.Turn(*one.owner))
    else:
        derivations.release(one.owner)


def _name(owner: Owner) -> str:
    organization = Organization.objects.filter(pk=owner.organization_id).values_list("slug", flat=True).first()
    with access.scope(owner.organization_id):
        deployment = Deployment.objects.filter(pk=owner.deployment_id).values_list("slug", flat=True).first()
    return f"{organization or 'deleted'}/{deployment or 'deleted'}"
