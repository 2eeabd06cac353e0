"""Declaring what quality a task needs, from a day on."""

from datetime import date, datetime
from decimal import Decimal

from apps.accounts.models import User
from apps.deployments.models import Deployment, StaleSince
from apps.organizations import audit
from apps.quality.models import Threshold

MICRO = 1_000_000


def declare_threshold(
    *,
    deployment: Deployment,
    task: str,
    quality: Decimal | None,
    effective_from: date,
    now: datetime,
    actor: User | None,
) -> Threshold:
    """Null goes back to 95 % of the best candidate's. The same day again corrects it; what it changes is marked."""
    quality_micro = None if quality is None else round(quality * MICRO)
    row, _ = Threshold.objects.update_or_create(
        organization_id=deployment.organization_id,
        deployment=deployment,
        task=task,
        effective_from=effective_from,
        defaults={"quality_micro": quality_micro, "declared_at": now, "declared_by": actor},
    )
    StaleSince.objects.create(
        organization_id=deployment.organization_id, deployment=deployment, since=effective_from, marked_at=now
    )
    audit.record(
        organization=deployment.organization,
        actor=actor,
        verb="threshold.declared",
        now=now,
        slug=deployment.slug,
        task=task,
        effective_from=effective_from.isoformat(),
        quality=None if quality is None else str(quality),
    )
    return row


def thresholds_of(deployment_id: int) -> list[Threshold]:
    """All that were set, by task, then day."""
    return list(Threshold.objects.filter(deployment_id=deployment_id).order_by("task", "effective_from"))
