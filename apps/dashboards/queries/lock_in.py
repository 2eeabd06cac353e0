"""What a unit of quality cost in each deployment of an organization, by how many providers serve it and at which task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.deployments.relabel import kinds_of_all
from apps.quality.serving import MICRO
from apps.quality.taxonomy import public_task
from apps.rollups.metrics.providers import that_serve
from apps.rollups.metrics.selection import FEWEST_SCORES
from apps.rollups.scored import Scored, scored_by_task, served_by_provider

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


def lock_in_of(
    deployments: Sequence[Deployment], span: Span, *, kinds: Mapping[int, Mapping[str, str]] | None = None
) -> tuple[Cell, ...]:
    """Of deployments of one organization; tasks with enough scores, some of them above nothing. Two statements for all,
    and one for what their tasks are in the public taxonomy (`kinds`, by deployment), if it was not read already."""
    if not deployments:
        return ()
    ids = [one.pk for one in deployments]
    place: Any = {"organization_id": deployments[0].organization_id, "deployment_ids": ids}
    window: Any = {**place, "start": span.start, "end": span.end, "environment": span.environment}
    scored, served = scored_by_task(**window), served_by_provider(**window)
    declared = kinds_of_all(ids) if kinds is None else kinds
    cells: list[Cell] = []
    for one in deployments:
        providers = that_serve(served.get(one.pk, {}))
        if providers:
            cells += _cells(one, CLASSES[min(providers, len(CLASSES)) - 1], scored.get(one.pk, {}), declared[one.pk])
    return tuple(cells)


def _cells(
    deployment: Deployment, providers: str, by_task: Mapping[str, Scored], kinds: Mapping[str, str]
) -> list[Cell]:
    return [
        Cell(
            deployment=deployment.name,
            task=public_task(task, kinds) or task,
            standard=public_task(task, kinds) is not None,
            providers=providers,
            requests=sums.requests,
            scored=sums.scored,
            billed_nano=sums.billed_nano,
            quality_micro=sums.quality_micro,
        )
        for task, sums in by_task.items()
        if task and sums.scored >= FEWEST_SCORES and sums.quality_micro
    ]
