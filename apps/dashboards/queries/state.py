"""What the figures of a deployment rest on, as a few words that change whenever they do, read in one statement."""

from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection

from apps.deployments.models import Deployment

SQL = (Path(__file__).parents[1] / "sql" / "state.sql").read_text()


def state_of_figures(deployment: Deployment) -> tuple[Any, ...]:
    """Of what is computed from its cells and from what was declared."""
    return _state(deployment).figures


def state_of_requests(deployment: Deployment) -> tuple[Any, ...]:
    """Of its raw rows too: whatever writes them leaves a mark, and only a rebuild, which says when it was, takes marks away."""
    found = _state(deployment)
    return (*found.figures, *found.marks)


def state_of_bills(deployment: Deployment) -> tuple[Any, ...]:
    """Of the bills beside what was counted too; a bill that is corrected is entered anew."""
    found = _state(deployment)
    return (*found.figures, *found.bills)


def state_of_prices(deployment: Deployment) -> tuple[Any, ...]:
    """Of the list too, which is only ever added to."""
    found = _state(deployment)
    return (*found.figures, found.edition)


def state_of_choices(deployment: Deployment) -> tuple[Any, ...]:
    """Of the evidence of quality as well, which comes day by day."""
    found = _state(deployment)
    return (*found.figures, found.edition, found.evidence)


class _State(NamedTuple):
    """Everything that any of them is about: each is a few counts and newest ones by an index."""

    figures: tuple[Any, ...]
    edition: Any
    evidence: Any
    bills: tuple[Any, ...]
    marks: tuple[Any, ...]


def _state(deployment: Deployment) -> _State:
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"organization": deployment.organization_id, "deployment": deployment.pk})
        rebuilt_at, n, declared_at, edition, evidence, bills, entered_at, *marks = cursor.fetchone()
    return _State((rebuilt_at, n, declared_at), edition, evidence, (bills, entered_at), tuple(marks))
