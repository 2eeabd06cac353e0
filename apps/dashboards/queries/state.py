"""What the figures of a deployment rest on, as a few words that change whenever they do, read in one statement."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Max

from apps.deployments.models import Deployment, ProviderBill
from apps.pricing.models import Edition
from apps.quality.models import Evidence

SQL = (Path(__file__).parents[1] / "sql" / "state.sql").read_text()


def state_of_figures(deployment: Deployment) -> tuple[Any, ...]:
    """Of what is computed from its cells and from what was declared."""
    return _state(deployment)[:3]


def state_of_requests(deployment: Deployment) -> tuple[Any, ...]:
    """Of its raw rows too: whatever writes them leaves a mark, and only a rebuild, which says when it was, takes marks away."""
    return _state(deployment)


def state_of_bills(deployment: Deployment) -> tuple[Any, ...]:
    """Of the bills beside what was counted too; a bill that is corrected is entered anew."""
    bills = ProviderBill.objects.filter(deployment=deployment)
    entered = bills.aggregate(n=Count("pk"), latest=Max("entered_at"))
    return (*state_of_figures(deployment), entered["n"], entered["latest"])


def state_of_prices(deployment: Deployment) -> tuple[Any, ...]:
    """Of the list too, which is only ever added to."""
    return (*state_of_figures(deployment), Edition.objects.aggregate(latest=Max("pk"))["latest"])


def state_of_choices(deployment: Deployment) -> tuple[Any, ...]:
    """Of the evidence of quality as well, which comes day by day."""
    known = Evidence.objects.filter(deployment_id=deployment.pk).aggregate(latest=Max("day"))
    return (*state_of_prices(deployment), known["latest"])


def _state(deployment: Deployment) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"organization": deployment.organization_id, "deployment": deployment.pk})
        return tuple(cursor.fetchone())
