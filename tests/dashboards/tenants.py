"""Organizations with people who are signed in, for tests that look at pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.people import ensure_user
from apps.deployments.models import Deployment
from apps.deployments.provision import provision
from apps.organizations import access
from apps.organizations.members import join
from apps.organizations.models import Organization, Role
from apps.pricing.import_prices import import_prices
from apps.rollups.sweep import rebuild_all
from apps.traces.nouns import Request
from tests.connections import acting_as
from tests.names import unique
from tests.rollups.tenants import Tenant, store

PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Acme:
    """An organization with one deployment, `chat`; its owner's address, and a token that reads it."""

    slug: str
    email: str
    token: str
    ingest_key: str

    def organization(self) -> Organization:
        with acting_as("worker"):
            return Organization.objects.get(slug=self.slug)

    def deployment(self) -> Deployment:
        organization = self.organization()
        with acting_as("worker"), access.scope(organization.pk):
            return Deployment.objects.select_related("organization").get(organization=organization, slug="chat")

    def client(self, email: str | None = None) -> Client:
        with acting_as("web"):
            client = Client()
            client.force_login(User.objects.get(email=email or self.email))
            return client

    def at(self, rest: str) -> str:
        return f"/o/{self.slug}/{rest}"


def acme(*, pool: str = "live", contributes: bool = True) -> Acme:
    slug = unique("acme")
    email = f"{slug}@example.com"
    with acting_as("worker"):
        made = provision(
            organization=slug,
            deployment="chat",
            email=email,
            password=PASSWORD,
            now=timezone.now(),
            pool=pool,
            contributes=contributes,
        )
    return Acme(slug, email, made.api_token, made.ingest_key)


def member(place: Acme, role: Role) -> str:
    """The address of somebody who belongs to it as `role`."""
    email = f"{unique(role.value)}@example.com"
    organization = place.organization()
    with acting_as("worker"), access.scope(organization.pk):
        user, _ = ensure_user(email=email, password=PASSWORD)
        join(organization=organization, user=user, role=role, now=timezone.now())
    return email


def bring(place: Acme, requests: Sequence[Request], *, now: datetime) -> None:
    """Stored as the way in stores them, and rolled up."""
    deployment = place.deployment()
    with acting_as("worker"):
        import_prices(now=now)
        store(Tenant(deployment.organization_id, deployment.pk), requests)
        rebuild_all(now=now, of=[deployment.organization_id])
