"""What a window needs before every metric can be measured: the cheapest single model for everything, and sums by task."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from apps.dashboards.queries.providers import serves_of
from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.deployments.relabel import kinds_of
from apps.quality.queries import known_by
from apps.quality.serving import Single, best_single
from apps.quality.taxonomy import public_task
from apps.rollups.by_label import requests_by_labels
from apps.rollups.labels import OTHER
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals, add
from apps.rollups.window import DeploymentWindow, deployment_windows


def choices_in(deployment: Deployment, span: Span, *, now: datetime) -> DeploymentWindow:
    """A window of which every metric can be measured; it reads raw rows, as other windows do not, and no declared dollars."""
    window = span.start, span.end, span.environment
    found = deployment_windows(deployment.organization_id, [deployment.pk], *window, declared={})[deployment.pk]
    return replace(found, totals=chosen_in(found.totals, deployment, span, now=now))


def chosen_in(
    totals: Totals, deployment: Deployment, span: Span, *, now: datetime, policy: str | None = None
) -> Totals:
    """The totals of a span with what its choices need. Which single model would do is not told apart by policy."""
    single = single_of(deployment, span, now=now) if policy is None else None
    return replace(totals, single=single, tasks=tasks_of(deployment, span, policy=policy))


def single_of(deployment: Deployment, span: Span, *, now: datetime) -> Single:
    """At the prices and by the evidence of the span's last day: what came later decides nothing. Without evidence no raw row
    is read."""
    if not known_by(deployment.pk, span.end).seen:
        return best_single(())
    after = datetime.combine(min(span.end, now.astimezone(UTC).date()) + timedelta(days=1), time(), UTC)
    return best_single(serves_of(deployment, span, now=min(now, after)).tasks)


def tasks_of(deployment: Deployment, span: Span, *, policy: str | None = None) -> dict[str, RequestSums]:
    """By task of the public taxonomy, by its own name where it has none there; requests of no task are in none."""
    kinds, found = kinds_of(deployment.pk), dict[str, list[RequestSums]]()
    cells = requests_by_labels(
        "task",
        "policy",
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=span.start,
        end=span.end,
        environment=span.environment,
    )
    for (task, under), sums in cells.items():
        if task not in ("", OTHER) and policy in (None, under):
            found.setdefault(public_task(task, kinds) or task, []).append(sums)
    return {task: add(some) for task, some in found.items()}
