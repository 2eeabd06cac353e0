"""Tokens with which programs read one organization."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.organizations import audit, keys
from apps.organizations.models import ApiToken, Organization
from apps.organizations.scopes import EVERYTHING

LIFETIME = timedelta(days=365)


def issue(
    *,
    organization: Organization,
    label: str,
    now: datetime,
    actor: User | None,
    lifetime: timedelta | None = LIFETIME,
    key: keys.NewKey | None = None,
    scopes: str = EVERYTHING,
    deployment_ids: Sequence[int] | None = None,
) -> tuple[ApiToken, str]:
    """(token, its text, which is shown this once). `scopes` as `scopes.stored` gives them; no deployments: all."""
    key = key or keys.make()
    token = ApiToken.objects.create(
        organization=organization,
        key_id=key.key_id,
        secret_hash=key.secret_hash,
        last_four=key.last_four,
        label=label,
        scopes=scopes,
        deployment_ids=sorted(deployment_ids) if deployment_ids else None,
        created_by=actor,
        created_at=now,
        expires_at=now + lifetime if lifetime else None,
    )
    audit.record(
        organization=organization,
        actor=actor,
        verb="token.issued",
        now=now,
        key_id=key.key_id,
        label=label,
        scopes=scopes,
        deployments=len(deployment_ids) if deployment_ids else "all",
    )
    return token, key.text


def revoke(*, token: ApiToken, now: datetime, actor: User | None) -> None:
    """From the next request on it is refused; revoking twice changes nothing."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        audit.record(organization=token.organization, actor=actor, verb="token.revoked", now=now, key_id=token.key_id)
