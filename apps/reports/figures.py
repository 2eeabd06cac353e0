"""The figures of one deployment for its report: the window of a week, and the one a week earlier, from the rollups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.utils.translation import gettext_noop

from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.reports.report import Part
from apps.rollups.window import DeploymentWindow, deployment_window

ABSENT = {
    "token": gettext_noop("no request has both a price and a known outcome."),
    "retry": gettext_noop("no request has all its attempts, a price and a known outcome."),
    "latency": gettext_noop("no value per request is declared, or waiting is not reported."),
    "selection": gettext_noop("needs scores of two models at a task."),
    "maintenance": gettext_noop("not declared."),
}
"""As they are marked; the letter translates them."""


@dataclass(frozen=True)
class Windows:
    now: DeploymentWindow
    before: DeploymentWindow

    @property
    def requests(self) -> int:
        return self.now.totals.requests.requests

    @property
    def requests_before(self) -> int:
        return self.before.totals.requests.requests


def windows(deployment: Deployment, *, week: Week) -> Windows:
    """Needs the organization's scope."""
    now, before = (
        deployment_window(deployment.organization_id, deployment.pk, each.first_day, each.last_day)
        for each in (week, week.back(1))
    )
    return Windows(now, before)


def parts(found: Windows) -> tuple[Part, ...]:
    """In the tenant's own dollars, per 1,000 requests."""
    now, before = _per_thousand(found.now), _per_thousand(found.before)
    return tuple(
        Part(name, amount, before.get(name), "" if amount is not None else ABSENT[name]) for name, amount in now.items()
    )


def last_request(deployment: Deployment, *, week: Week) -> datetime | None:
    """When the latest request was received, whatever came after the week; None for none since both windows began."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(received_at) FROM traces_request "
            "WHERE organization_id = %s AND deployment_id = %s AND day >= %s AND received_at >= %s",
            [deployment.organization_id, deployment.pk, *[week.back(1).first_day] * 2],
        )
        (found,) = cursor.fetchone()
    return found if found is None else found.astimezone(UTC)


def _per_thousand(window: DeploymentWindow) -> Mapping[str, int | None]:
    requests = window.totals.requests.requests
    return {
        part.name: None if part.nano is None or not requests else round(part.nano * 1_000 / requests)
        for part in window.parts
    }
