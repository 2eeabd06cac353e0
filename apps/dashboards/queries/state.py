"""What the figures of a deployment rest on, as a few words that change whenever they do, read in one statement."""

from pathlib import Path
from typing import Any

from django.db import connection

from apps.deployments.models import Deployment

SQL = (Path(__file__).parents[1] / "sql" / "state.sql").read_text()


def state_of_figures(deployment: Deployment) -> tuple[Any, ...]:
    """Of what is computed from its cells and from what was declared."""
    return _state(deployment)[:3]


def state_of_requests(deployment: Deployment) -> tuple[Any, ...]:
    """Of its raw rows too: whatever writes them leaves a mark, and only a rebuild, which says when it was, takes marks away."""
    return _state(deployment)


def _state(deployment: Deployment) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"organization": deployment.organization_id, "deployment": deployment.pk})
        return tuple(cursor.fetchone())
