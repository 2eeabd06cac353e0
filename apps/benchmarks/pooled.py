"""Pooled quality: by public task and listed model, through the floors and the grid of every other published figure.

What a tenant may see of it is written for that tenant, where its evidence finds it; nothing else of it is published.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from apps.benchmarks.disclosure.gates import DeploymentFacts, deployment_gates, failed
from apps.benchmarks.disclosure.grid import shares
from apps.benchmarks.disclosure.peers import band
from apps.benchmarks.disclosure.table import publish
from apps.benchmarks.disclosure.view import view
from apps.benchmarks.disclosure.votes import Entrant, Vote, count_votes, others
from apps.benchmarks.disclosure.yardsticks import Yardstick
from apps.benchmarks.models import Candidate, Freeze, QualityContribution
from apps.benchmarks.weeks import Week
from apps.deployments.models import Deployment
from apps.deployments.relabel import kinds_of
from apps.pricing.resolve import find_listed
from apps.quality.gather import FEWEST
from apps.quality.models import Pooled
from apps.quality.observed import means
from apps.quality.taxonomy import public_task
from apps.rollups.queries import PRODUCTION

GRID = shares(0.0, 1.0)
_GATES = Yardstick("quality", GRID, higher_is_better=True)
_MICRO = 1_000_000
Place = tuple[str, str]


def brought(
    deployment: Deployment, facts: DeploymentFacts, standing_for: Candidate, *, week: Week, now: datetime
) -> Iterator[QualityContribution]:
    """The mean of a deployment's own scores over the four weeks; needs the organization's scope.

    Tasks outside the taxonomy and models on no public list are free labels, which never leave a tenant.
    """
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    eligible = standing_for.eligible and not failed(deployment_gates(facts, _GATES))
    sums: dict[Place, tuple[int, int]] = {}
    end, kinds = week.last_day + timedelta(days=1), kinds_of(deployment.pk)
    for task, model, answers, micro in means(place, first=week.first_day, end=end, environment=PRODUCTION):
        public = public_task(task, kinds)
        if public is not None and find_listed(None, model) is not None:
            before = sums.get((public, model), (0, 0))
            sums[public, model] = before[0] + answers, before[1] + micro
    for (task, model), (answers, micro) in sums.items():
        if answers >= FEWEST:
            yield QualityContribution(
                organization_id=deployment.organization_id,
                deployment=deployment,
                pool=standing_for.pool,
                week=str(week),
                task=task,
                model=model,
                value=micro / _MICRO / answers,
                eligible=eligible,
                written_at=now,
            )


def write_pooled(frozen: Freeze, candidates: Mapping[int, Candidate], *, to: Iterable[Candidate], using: str) -> None:
    """What each of `to` may see of the week's pool, known from the day after the freeze on; as the benchmark role."""
    ballots = _ballots(frozen, candidates, using)
    rows = [row for viewer in to for row in _seen_by(viewer, frozen, ballots)]
    Pooled.objects.using(using).bulk_create(rows, batch_size=2_000, ignore_conflicts=True)


def _ballots(frozen: Freeze, candidates: Mapping[int, Candidate], using: str) -> dict[Place, tuple[Vote, ...]]:
    entrants: dict[Place, list[Entrant]] = defaultdict(list)
    brought = QualityContribution.objects.using(using).filter(pool=frozen.pool, week=frozen.week, eligible=True)
    for row in brought.order_by("task", "model", "organization_id", "deployment_id"):
        candidate = candidates.get(row.organization_id)
        if candidate is not None and candidate.eligible:
            one = Entrant(row.organization_id, row.value, frozenset(candidate.kin), candidate.domain)
            entrants[row.task, row.model].append(one)
    return {place: count_votes(some, GRID) for place, some in entrants.items()}


def _seen_by(viewer: Candidate, frozen: Freeze, ballots: Mapping[Place, tuple[Vote, ...]]) -> Iterator[Pooled]:
    kin = frozenset(viewer.kin)
    for (task, model), votes in ballots.items():
        table = publish([vote.value for vote in votes], GRID)
        shown = view(table, band(others(votes, organization_id=viewer.organization_id, kin=kin)))
        if shown.median is not None:
            yield Pooled(
                organization_id=viewer.organization_id,
                pool=frozen.pool,
                week=frozen.week,
                known_from=frozen.frozen_at.date() + timedelta(days=1),
                task=task,
                model=model,
                quality_micro=round(shown.median * _MICRO),
                peers=shown.table.peers,
            )
