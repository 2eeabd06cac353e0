"""Everything about one deployment in one window, in a handful of statements: for pages, API, mail and the benchmark."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from apps.costing.efficiency import Efficiency, efficiencies, headline
from apps.deployments.models import Assumptions
from apps.rollups.metrics.definition import Measure
from apps.rollups.metrics.registry import measure
from apps.rollups.parts import Declared, Part, own_parts, published_parts
from apps.rollups.queries import PRODUCTION, by_day, totals
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals


@dataclass(frozen=True)
class DeploymentWindow:
    totals: Totals
    days: Mapping[date, RequestSums]
    metrics: Mapping[str, Measure]
    """By name, see apps.rollups.metrics.registry."""
    efficiencies: tuple[Efficiency, ...]
    """By scope, the narrowest first, each with its gates."""
    parts: tuple[Part, ...]
    """In the tenant's own dollars."""
    published: tuple[Part, ...]
    """Under the published assumptions."""

    @property
    def headline(self) -> Efficiency | None:
        """In the widest scope that passes its gates."""
        return headline(self.efficiencies)


def deployment_window(
    organization_id: int, deployment_id: int, start_day: date, end_day: date, environment: str | None = PRODUCTION
) -> DeploymentWindow:
    """The days `start_day` to `end_day`, both included; needs the organization to be open."""
    found = totals(
        organization_id=organization_id,
        deployment_id=deployment_id,
        start=start_day,
        end=end_day,
        environment=environment,
    )
    days = by_day(
        organization_id=organization_id,
        deployment_id=deployment_id,
        start=start_day,
        end=end_day,
        environment=environment,
    )
    return DeploymentWindow(
        totals=found,
        days=days,
        metrics=measure(found, days),
        efficiencies=efficiencies(found.evidence),
        parts=own_parts(found, days, _declared(deployment_id)),
        published=published_parts(found),
    )


def _declared(deployment_id: int) -> list[Declared]:
    rows = Assumptions.objects.filter(deployment_id=deployment_id).values_list(
        "effective_from", "value_per_1000_nano", "maintenance_hours", "hourly_rate_nano"
    )
    return [Declared(*row) for row in rows]
