"""Marking what happened to a deployment, and taking a mark back."""

from datetime import datetime

from apps.accounts.models import User
from apps.deployments.models import Annotation, Deployment
from apps.organizations import audit


def annotate(
    *, deployment: Deployment, kind: Annotation.Kind, label: str, at: datetime, now: datetime, actor: User
) -> bool:
    """Whether it was not there: the same said twice is one mark, and one that was taken back is there again."""
    one, made = Annotation.objects.get_or_create(
        organization_id=deployment.organization_id,
        deployment=deployment,
        at=at,
        kind=kind,
        label=label,
        defaults={"told_at": now, "told_by": actor},
    )
    if one.withdrawn_at is not None:
        one.withdrawn_at, made = None, True
        one.save(update_fields=["withdrawn_at"])
    if made:
        _record("annotation.added", deployment, now, actor, kind=kind, label=label, at=at.isoformat())
    return made


def withdraw(*, annotation: Annotation, now: datetime, actor: User) -> None:
    """Repeating it changes nothing."""
    if annotation.withdrawn_at is None:
        annotation.withdrawn_at = now
        annotation.save(update_fields=["withdrawn_at"])
        said = {"kind": annotation.kind, "label": annotation.label, "at": annotation.at.isoformat()}
        _record("annotation.removed", annotation.deployment, now, actor, **said)


def _record(verb: str, deployment: Deployment, now: datetime, actor: User, **said: str) -> None:
    audit.record(organization=deployment.organization, actor=actor, verb=verb, now=now, slug=deployment.slug, **said)
