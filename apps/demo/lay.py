"""Laying the demo's ground: organizations, people, deployments, keys and declarations."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from apps.demo import account
from apps.demo.simulate import cast, profile
from apps.deployments.declare import Declaration, declare
from apps.deployments.models import Deployment
from apps.deployments.provision import Provisioned, provision
from apps.organizations import access
from apps.organizations.models import Membership, Organization

SEED = 1
SHOWN = ("demo-acme", "demo-borealis")
"""Organizations that the demo's person belongs to; each other has an owner of its own, so that none shares a member."""
HOURLY_RATE_NANO = 95 * 10**9
NANO = 10**9


@dataclass(frozen=True)
class Place:
    """A deployment of the demo and the key it reports with."""

    profile: profile.Deployment
    organization_id: int
    deployment_id: int
    ingest_key: str


def began(*, now: datetime) -> date:
    """The demo's first day (UTC): 13 weeks before its oldest organization was made, or before now."""
    oldest = Organization.objects.filter(pool=Organization.Pool.DEMO).order_by("created_at").first()
    laid_at = oldest.created_at if oldest else now
    return laid_at.astimezone(UTC).date() - timedelta(days=cast.DAYS)


def lay(*, now: datetime) -> list[Place]:
    """Make what is missing of the demo; repeating changes nothing. Runs as the worker role."""
    first_day = began(now=now)
    account.ensure()
    return [
        place
        for organization in cast.cast(seed=SEED, began=first_day)
        for place in _organization(organization, first_day=first_day, now=now)
    ]


@transaction.atomic
def _organization(organization: profile.Organization, *, first_day: date, now: datetime) -> list[Place]:
    """Whole or not at all, so that what is settled once is settled when the organization is there."""
    existing = Organization.objects.filter(slug=organization.slug).first()
    if existing is not None and not existing.is_demo:
        raise RuntimeError(
            f"The organization {organization.slug} is not the demo's; rename it, or go without the demo."
        )
    made = [_provision(organization, deployment, now=now) for deployment in organization.deployments]
    tenant = existing or Organization.objects.get(slug=organization.slug)
    with access.scope(tenant.pk):
        if existing is None:
            _settle(tenant, organization, first_day=first_day, now=now)
        ids = dict(Deployment.objects.filter(organization=tenant).values_list("slug", "pk"))
    return [
        Place(deployment, tenant.pk, ids[deployment.slug], one.ingest_key)
        for deployment, one in zip(organization.deployments, made, strict=True)
    ]


def _provision(organization: profile.Organization, deployment: profile.Deployment, *, now: datetime) -> Provisioned:
    owner = account.EMAIL if organization.slug in SHOWN else account.owner_of(organization.slug)
    return provision(
        organization=organization.slug,
        organization_name=organization.name,
        deployment=deployment.slug,
        email=owner,
        password=None,
        pool=Organization.Pool.DEMO,
        time_zone=organization.time_zone,
        user_facing=deployment.user_facing,
        contributes=deployment.contributes,
        now=now,
    )


def _settle(tenant: Organization, organization: profile.Organization, *, first_day: date, now: datetime) -> None:
    """Declarations, and no mail to people who do not exist: it would come back from a real mail server."""
    kept_in_files = settings.EMAIL_BACKEND.endswith("filebased.EmailBackend") and organization.slug in SHOWN
    Membership.objects.filter(organization=tenant).update(weekly_mail=kept_in_files)
    for deployment in organization.deployments:
        if deployment.value_per_1000_usd is None and deployment.maintenance_hours is None:
            continue
        hours = Decimal(deployment.maintenance_hours) if deployment.maintenance_hours else None
        value = deployment.value_per_1000_usd
        declare(
            deployment=Deployment.objects.get(organization=tenant, slug=deployment.slug),
            declaration=Declaration(
                user_facing=deployment.user_facing,
                value_per_1000_nano=int(Decimal(value) * NANO) if value else None,
                maintenance_hours=hours,
                hourly_rate_nano=HOURLY_RATE_NANO if hours else None,
            ),
            effective_from=first_day,
            now=now,
            actor=None,
        )
