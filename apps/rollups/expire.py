"""Hour cells are kept for a while, day cells for good."""

from datetime import datetime

from django.db import connection

from apps.organizations import access
from apps.organizations.models import Organization
from apps.rollups.rebuild import current_bounds
from apps.rollups.sums import CUBES


def expire(*, now: datetime) -> int:
    """Delete hour cells of days before the kept ones; their number."""
    first = current_bounds(now).hours_from
    deleted = 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id), connection.cursor() as cursor:
            for cube in CUBES:
                cursor.execute(
                    f"DELETE FROM {cube.table}_hour WHERE organization_id = %s AND hour < %s::date",  # noqa: S608
                    [organization_id, first],
                )
                deleted += cursor.rowcount
    return deleted
