"""One call from nothing to a deployment that can be reported to, for scripts of an operator.

Repeating it changes nothing and gives the same answer, keys included: they are derived from the server's pepper, the
names and a generation, instead of drawn at random, so that no secret has to be kept to be said again. Revoking one moves
the generation on, and the next call issues the next.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from apps.accounts.people import ensure_user
from apps.deployments import ingest_keys
from apps.deployments.create import create_deployment
from apps.deployments.models import Deployment, IngestKey
from apps.organizations import access, keys, tokens
from apps.organizations.found import found
from apps.organizations.members import join
from apps.organizations.models import ApiToken, Organization, Role

LABEL = "provisioned"


@dataclass(frozen=True)
class Provisioned:
    """What a script needs to go on; field names are the JSON's."""

    organization: str
    deployment: str
    ingest_key: str
    api_token: str
    sign_in_url: str


def provision(
    *,
    organization: str,
    deployment: str,
    email: str,
    password: str | None,
    now: datetime,
    organization_name: str | None = None,
    deployment_name: str | None = None,
    pool: str = Organization.Pool.LIVE,
    time_zone: str = "UTC",
    user_facing: bool = True,
    contributes: bool = True,
) -> Provisioned:
    """Make whatever of organization, deployment, owner, key and token is missing; the operator vouches for it.

    Runs as the worker role. Raises ValidationError for malformed names.
    """
    user, _ = ensure_user(email=email, password=password)
    existing = Organization.objects.filter(slug=organization).first()
    with access.transaction_of(existing):
        tenant = existing or found(
            slug=organization,
            name=organization_name or organization,
            pool=pool,
            time_zone=time_zone,
            vouched=True,
            now=now,
        )
        join(organization=tenant, user=user, role=Role.OWNER, now=now)
        measured = Deployment.objects.filter(organization=tenant, slug=deployment).first() or create_deployment(
            organization=tenant,
            slug=deployment,
            name=deployment_name or deployment,
            user_facing=user_facing,
            contributes=contributes,
            now=now,
            actor=None,
        )
        return Provisioned(
            organization=tenant.slug,
            deployment=measured.slug,
            ingest_key=_ingest_key(measured, now=now),
            api_token=_api_token(tenant, now=now),
            sign_in_url=f"{settings.SITE_URL}/accounts/login/",
        )


def _ingest_key(deployment: Deployment, *, now: datetime) -> str:
    issued = IngestKey.objects.filter(deployment=deployment, label=LABEL)
    live = issued.filter(revoked_at=None).exclude(expires_at__lte=now).exists()
    generation = issued.count() - live
    key = _derived(f"ingest/{deployment.organization.slug}/{deployment.slug}/{deployment.pk}/{generation}")
    if not live:
        ingest_keys.issue(deployment=deployment, label=LABEL, now=now, actor=None, key=key)
    return key.text


def _api_token(organization: Organization, *, now: datetime) -> str:
    issued = ApiToken.objects.filter(organization=organization, label=LABEL)
    live = issued.filter(revoked_at=None).exclude(expires_at__lte=now).exists()
    key = _derived(f"token/{organization.slug}/{organization.pk}/{issued.count() - live}")
    if not live:
        tokens.issue(organization=organization, label=LABEL, now=now, actor=None, key=key)
    return key.text


def _derived(purpose: str) -> keys.NewKey:
    """40 base-62 characters from the pepper; another purpose gives an unrelated key."""
    digest = hmac.digest(settings.KEY_PEPPER.encode(), b"provision/" + purpose.encode(), hashlib.sha512)
    return keys.from_number(int.from_bytes(digest))
