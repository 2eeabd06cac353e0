"""The trail of what was done in an organization."""

from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.organizations.models import AuditEvent, Organization


def record(*, organization: Organization, actor: User | None, verb: str, now: datetime, **detail: Any) -> None:
    """Add one line, in the transaction of the deed; `detail` holds names and numbers, never a secret."""
    AuditEvent.objects.create(organization=organization, at=now, actor=actor, verb=verb, detail=detail)
