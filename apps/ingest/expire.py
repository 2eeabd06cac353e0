"""Entries of the ledger go when the raw rows they speak of do."""

from datetime import datetime, timedelta

from django.conf import settings

from apps.ingest.models import Batch, CallUnit, SetAside
from apps.organizations import access
from apps.organizations.models import Organization


def expire(*, now: datetime) -> int:
    """How many entries were deleted, of all organizations; as the worker."""
    before, deleted = now - timedelta(days=settings.RAW_RETENTION_DAYS), 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id):
            deleted += Batch.objects.filter(received_at__lt=before).delete()[0]
            deleted += SetAside.objects.filter(at__lt=before).delete()[0]
            deleted += CallUnit.objects.filter(organization_id=organization_id, day__lt=before.date()).delete()[0]
    return deleted
