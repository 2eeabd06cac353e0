"""What a unit of quality cost in each deployment of an organization, by how many providers serve it and at which task."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.deployments.relabel import kinds_of
from apps.quality.serving import MICRO
from apps.quality.taxonomy import public_task
from apps.rollups.by_label import requests_by_labels
from apps.rollups.metrics.registry import METRICS
from apps.rollups.queries import windows

FEWEST_SCORES = 30
"""With fewer scored requests nothing is said of a task."""
CLASSES = ("1", "2", "3+")
"""How many providers serve, as they are told apart."""


@dataclass(frozen=True)
class Cell:
    """The scored requests of one deployment at one task; `standard`: whether the task is one of the public taxonomy."""

    deployment: str
    task: str
    standard: bool
    providers: str
    requests: int
    scored: int
    billed_nano: int
    quality_micro: int

    @property
    def quality(self) -> float:
        """The mean score."""
        return self.quality_micro / MICRO / self.scored

    @property
    def nano_per_quality(self) -> int:
        """Nano-USD for a whole answer: what was billed over the sum of scores."""
        return round(self.billed_nano * MICRO / self.quality_micro)


def lock_in_of(deployments: Sequence[Deployment], span: Span) -> tuple[Cell, ...]:
    """Of deployments of one organization; tasks with enough scores, some of them above nothing."""
    if not deployments:
        return ()
    organization_id = deployments[0].organization_id
    found = windows(
        organization_id=organization_id,
        deployment_ids=[one.pk for one in deployments],
        start=span.start,
        end=span.end,
        environment=span.environment,
        with_sketches=False,
    )
    cells: list[Cell] = []
    for one in deployments:
        providers = METRICS["providers"].find(found[one.pk].totals).value
        if providers and any(sums.scored for sums in found[one.pk].days.values()):
            cells += _of(one, CLASSES[min(int(providers), len(CLASSES)) - 1], span)
    return tuple(cells)


def _of(deployment: Deployment, providers: str, span: Span) -> list[Cell]:
    kinds = kinds_of(deployment.pk)
    by_task = requests_by_labels(
        "task",
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=span.start,
        end=span.end,
        environment=span.environment,
    )
    return [
        Cell(
            deployment=deployment.name,
            task=public_task(task, kinds) or task,
            standard=public_task(task, kinds) is not None,
            providers=providers,
            requests=sums.requests,
            scored=sums.scored,
            billed_nano=sums.scored_billed_nano,
            quality_micro=sums.quality_micro,
        )
        for (task,), sums in by_task.items()
        if task and sums.scored >= FEWEST_SCORES and sums.quality_micro
    ]
