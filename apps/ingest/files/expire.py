"""Files go once nobody may want to go on with them, and what is said of an import when its rows do."""

from datetime import datetime, timedelta

from django.conf import settings

from apps.ingest.files import storage
from apps.ingest.models import Import, Score
from apps.organizations import access
from apps.organizations.models import Organization

State = Import.State
ORPHAN = timedelta(days=1)
"""A file that no import speaks of after that was left by a crash between the two."""


def expire(*, now: datetime) -> int:
    """How many files were deleted, of all organizations; as the worker."""
    kept, gone = set[str](), 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id):
            gone += _expire(organization_id, now)
            of_tenant = Import.objects.filter(organization_id=organization_id).exclude(stored="")
            kept |= set(of_tenant.values_list("stored", flat=True))
    for name in storage.older_than(now - ORPHAN):
        if name not in kept:
            storage.delete(name)
            gone += 1
    return gone


def _expire(organization_id: int, now: datetime) -> int:
    own = Import.objects.filter(organization_id=organization_id)
    idle = own.exclude(stored="").filter(
        state__in=(State.COLUMNS, State.CANCELLED, State.FAILED),
        created_at__lt=now - timedelta(days=settings.UPLOAD_DAYS),
    )
    names = list(idle.values_list("stored", flat=True))
    idle.filter(state=State.COLUMNS).update(state=State.CANCELLED, finished_at=now)
    own.filter(stored__in=names).update(stored="")
    for name in names:
        storage.delete(name)
    before = now - timedelta(days=settings.RAW_RETENTION_DAYS)
    own.filter(created_at__lt=before, stored="").delete()
    Score.objects.filter(organization_id=organization_id, near__lt=before).delete()
    return len(names)
