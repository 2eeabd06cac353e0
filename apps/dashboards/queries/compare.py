"""Two sides of a comparison: two stretches of days, two policies in the same days, or two deployments."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from apps.dashboards.queries.single import Chosen, with_choices
from apps.dashboards.queries.span import Span
from apps.deployments.models import Annotation, Deployment
from apps.rollups.by_label import requests_by
from apps.rollups.metrics.definition import Measure
from apps.rollups.metrics.registry import METRICS, difference, measure
from apps.rollups.queries import Window
from apps.rollups.sides import Asked, sides


@dataclass(frozen=True)
class Side:
    """`policy`: None for requests under any policy."""

    deployment: Deployment
    span: Span
    policy: str | None = None


@dataclass(frozen=True)
class Compared:
    """A metric on both sides; `interval`: of the second less the first, where there is one."""

    one: Measure
    other: Measure
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Comparison:
    windows: tuple[Window, Window]
    metrics: Mapping[str, Compared]


def compare(one: Side, other: Side, *, now: datetime) -> Comparison:
    """Needs the organization of both to be open."""
    first, second = _windows(one, other, now=now)
    left, right = measure(first.totals, first.days), measure(second.totals, second.days)
    return Comparison(
        (first, second),
        {
            name: Compared(
                left[name],
                right[name],
                difference(metric, (second.totals, second.days), (first.totals, first.days)),
            )
            for name, metric in METRICS.items()
        },
    )


def policies_of(deployment: Deployment, span: Span) -> dict[str, int]:
    """Requests by policy, the commonest first; without those that told none."""
    found = requests_by(
        "policy",
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=span.start,
        end=span.end,
        environment=span.environment,
    )
    counts = {str(label): sums.requests for label, sums in found.items() if label}
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def annotations_of(deployment: Deployment, span: Span, *, most: int = 200) -> list[Annotation]:
    """What happened in these days (UTC), the latest first."""
    start = datetime.combine(span.start, time(), UTC)
    end = datetime.combine(span.end, time(), UTC) + timedelta(days=1)
    found = Annotation.objects.filter(deployment=deployment, at__gte=start, at__lt=end, withdrawn_at=None)
    return list(found.select_related("told_by")[:most])


def _windows(*compared: Side, now: datetime) -> list[Window]:
    found = sides(*(_asked(one) for one in compared), organization_id=compared[0].deployment.organization_id)
    asked = [
        Chosen(one.deployment, one.span, read.window.totals, read.planned)
        for one, read in zip(compared, found, strict=True)
    ]
    chosen = with_choices(asked, now=now)
    return [replace(read.window, totals=totals) for read, totals in zip(found, chosen, strict=True)]


def _asked(side: Side) -> Asked:
    span = side.span
    return Asked(side.deployment.pk, span.start, span.end, span.environment, side.policy)
