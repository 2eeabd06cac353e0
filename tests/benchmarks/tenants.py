"""Tenants with figures of their own, written as the worker writes them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from apps.accounts.people import ensure_user
from apps.benchmarks.candidates import candidate
from apps.benchmarks.models import Contribution
from apps.benchmarks.weeks import Week
from apps.deployments.create import create_deployment
from apps.deployments.models import Deployment, StaleSince
from apps.organizations import access
from apps.organizations.found import found
from apps.organizations.members import join
from apps.organizations.models import Organization, Role
from tests.names import unique

WEEK = Week.parse("2026-W47")
NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Tenant:
    organization: Organization
    deployment: Deployment


def tenant(pool: str, *, email: str | None = None, created_at: datetime = LONG_AGO, vouched: bool = True) -> Tenant:
    """An organization with one member and one contributing deployment; as the worker."""
    slug = unique("org")
    user, _ = ensure_user(email=email or f"{slug}@example.com", password=None)
    with access.transaction_of(None):
        organization = found(slug=slug, name=slug, pool=pool, vouched=vouched, now=created_at)
        join(organization=organization, user=user, role=Role.OWNER, now=created_at)
        deployment = create_deployment(
            organization=organization,
            slug="chat",
            name="Chat",
            user_facing=True,
            contributes=True,
            now=created_at,
            actor=None,
        )
        StaleSince.objects.filter(organization=organization).delete()  # cells made by hand have no raw rows behind them
    return Tenant(organization, deployment)


def bring(
    tenant: Tenant,
    value: float | None,
    *,
    metric: str = "failure_rate",
    stratum: str = "",
    eligible: bool = True,
    week: Week = WEEK,
) -> None:
    """Its value for the week, with the organization as a candidate as it is now."""
    with access.scope(tenant.organization.pk):
        made = candidate(tenant.organization, week=week, now=NOW)
        if not type(made).objects.filter(organization=tenant.organization, week=str(week)).exists():
            made.save()
        Contribution.objects.create(
            organization=tenant.organization,
            deployment=tenant.deployment,
            pool=tenant.organization.pool,
            week=str(week),
            metric=metric,
            stratum=stratum,
            value=value,
            eligible=eligible and made.eligible,
            gates=[["requests", eligible, 5_000.0, 1_000.0]],
            written_at=NOW,
        )


def pool_of(n: int, *, low: float = 0.01, high: float = 0.12) -> tuple[str, list[Tenant]]:
    """A pool of its own with `n` strangers, failure rates evenly between `low` and `high`."""
    pool = unique("pool")
    tenants = [tenant(pool) for _ in range(n)]
    for i, each in enumerate(tenants):
        bring(each, low + i * (high - low) / max(n - 1, 1))
    return pool, tenants
