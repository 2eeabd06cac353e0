"""Marking what happened to a deployment, and taking a mark back."""

from datetime import datetime

from apps.accounts.models import User
from apps.deployments.models import Annotation, Deployment
from apps.organizations import audit


def annotate(
    *, deployment: Deployment, kind: Annotation.Kind, label: str, at: datetime, now: datetime, actor: User
) -> bool:
    """Whether it was new: the same said twice is one mark."""
    _, made = Annotation.objects.get_or_create(
        organization_id=deployment.organization_id,
        deployment=deployment,
        at=at,
        kind=kind,
        label=label,
        defaults={"told_at": now, "told_by": actor},
    )
    if made:
        _record("annotation.added", deployment, now, actor, kind=kind, label=label, at=at.isoformat())
    return made


def withdraw(*, deployment: Deployment, pk: int, now: datetime, actor: User) -> bool:
    """Whether there was such a mark."""
    found = Annotation.objects.filter(deployment=deployment, pk=pk).first()
    if found is None:
        return False
    found.delete()
    _record("annotation.removed", deployment, now, actor, kind=found.kind, label=found.label, at=found.at.isoformat())
    return True


def _record(verb: str, deployment: Deployment, now: datetime, actor: User, **said: str) -> None:
    audit.record(organization=deployment.organization, actor=actor, verb=verb, now=now, slug=deployment.slug, **said)
