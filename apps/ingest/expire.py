"""Entries of the ledger, and scores, go when the raw rows they speak of do."""

from datetime import datetime, timedelta

from django.conf import settings

from apps.ingest.models import Batch, SetAside
from apps.organizations import access
from apps.organizations.models import Organization
from apps.traces.models import Score


def expire(*, now: datetime) -> int:
    """How many entries were deleted, of all organizations; as the worker."""
    before, deleted = now - timedelta(days=settings.RAW_RETENTION_DAYS), 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id):
            deleted += Batch.objects.filter(received_at__lt=before).delete()[0]
            deleted += Score.objects.filter(ingested_at__lt=before).delete()[0]
            deleted += SetAside.objects.filter(at__lt=before).delete()[0]
    return deleted
