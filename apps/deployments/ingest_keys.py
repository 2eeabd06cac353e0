"""Keys with which gateways report to one deployment."""

from datetime import datetime, timedelta

from apps.accounts.models import User
from apps.deployments.models import Deployment, IngestKey
from apps.organizations import audit, keys

LIFETIME = timedelta(days=365)


def issue(
    *,
    deployment: Deployment,
    label: str,
    now: datetime,
    actor: User | None,
    lifetime: timedelta | None = LIFETIME,
    key: keys.NewKey | None = None,
) -> tuple[IngestKey, str]:
    """(key, its text, which is shown this once)."""
    key = key or keys.make()
    row = IngestKey.objects.create(
        organization_id=deployment.organization_id,
        deployment=deployment,
        key_id=key.key_id,
        secret_hash=key.secret_hash,
        last_four=key.last_four,
        label=label,
        created_by=actor,
        created_at=now,
        expires_at=now + lifetime if lifetime else None,
    )
    audit.record(
        organization=deployment.organization, actor=actor, verb="key.issued", now=now, key_id=key.key_id, label=label
    )
    return row, key.text


def revoke(*, key: IngestKey, now: datetime, actor: User | None) -> None:
    """Refused everywhere within seconds; revoking twice changes nothing."""
    if IngestKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit.record(organization=key.organization, actor=actor, verb="key.revoked", now=now, key_id=key.key_id)
