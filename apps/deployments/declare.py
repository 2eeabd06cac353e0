"""Declaring assumptions of a deployment from a date on."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.accounts.models import User
from apps.deployments.models import PUBLISHED_ENGAGEMENT_LOSS_PPM, Assumptions, Deployment, StaleSince
from apps.organizations import audit


@dataclass(frozen=True)
class Declaration:
    """One set of assumptions; null where the tenant declares nothing, which is never the same as 0."""

    user_facing: bool
    value_per_1000_nano: int | None = None
    engagement_loss_ppm: int = PUBLISHED_ENGAGEMENT_LOSS_PPM
    maintenance_hours: Decimal | None = None
    hourly_rate_nano: int | None = None


def declare(
    *, deployment: Deployment, declaration: Declaration, effective_from: date, now: datetime, actor: User | None
) -> Assumptions:
    """Put a set of assumptions in force from a date until the next one; the same date again corrects it.

    Raises ValidationError outside the published bounds. What was computed since then is marked to be computed again.
    """
    values = asdict(declaration)
    row = Assumptions.objects.filter(deployment=deployment, effective_from=effective_from).first() or Assumptions(
        organization_id=deployment.organization_id, deployment=deployment, effective_from=effective_from
    )
    for field, value in values.items():
        setattr(row, field, value)
    row.declared_at, row.declared_by = now, actor
    row.full_clean(validate_unique=False)
    row.save()
    StaleSince.objects.create(
        organization_id=deployment.organization_id, deployment=deployment, since=effective_from, marked_at=now
    )
    audit.record(
        organization=deployment.organization,
        actor=actor,
        verb="deployment.declared",
        now=now,
        slug=deployment.slug,
        effective_from=effective_from.isoformat(),
        **{field: str(value) if isinstance(value, Decimal) else value for field, value in values.items()},
    )
    return row
