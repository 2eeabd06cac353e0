"""A tenant's terms, entered together with the marks that have its history priced again."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.deployments.models import Deployment, StaleSince
from apps.organizations.models import Organization
from apps.pricing import agree
from apps.pricing.models import Discount, OwnPrice


@transaction.atomic
def set_own_price(
    *, organization: Organization, effective_from: date, now: datetime, actor: User | None, **price: Any
) -> OwnPrice:
    """See apps.pricing.agree."""
    row = agree.set_own_price(organization=organization, effective_from=effective_from, now=now, actor=actor, **price)
    _mark(organization, effective_from, now)
    return row


@transaction.atomic
def set_discount(
    *, organization: Organization, effective_from: date, now: datetime, actor: User | None, **discount: Any
) -> Discount:
    """See apps.pricing.agree."""
    row = agree.set_discount(organization=organization, effective_from=effective_from, now=now, actor=actor, **discount)
    _mark(organization, effective_from, now)
    return row


def _mark(organization: Organization, since: date, now: datetime) -> None:
    """Terms are the organization's: every deployment of it is computed again."""
    StaleSince.objects.bulk_create(
        StaleSince(organization=organization, deployment_id=one, since=since, marked_at=now)
        for one in Deployment.objects.filter(organization=organization).values_list("pk", flat=True)
    )
