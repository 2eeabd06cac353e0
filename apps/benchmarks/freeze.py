"""Freezing a week: from the contributions of many tenants to tables that everybody may read, once and for good."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from apps.benchmarks import closing
from apps.benchmarks.disclosure.peers import band
from apps.benchmarks.disclosure.policy import ALGORITHM
from apps.benchmarks.disclosure.table import publish
from apps.benchmarks.disclosure.votes import Entrant, Vote, count_votes, others
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS, strata_of
from apps.benchmarks.models import Candidate, Contribution, Freeze, Place, Snapshot
from apps.benchmarks.pooled import write_pooled
from apps.benchmarks.weeks import Week

BENCHMARK = "benchmark"
"""The alias whose role may read every tenant's contributions, and nothing else of a tenant."""

_NAMESPACE = uuid.UUID("6f1c2f6e-6f7a-5b8e-9a52-0f4f1f7e5c11")

Ballots = Mapping[tuple[str, str], tuple[Vote, ...]]
"""Votes by (metric, stratum)."""


class NotDueError(ValueError):
    """The week's freeze is not due yet."""


def check_due(week: Week, *, now: datetime) -> None:
    """Raises NotDueError before the Monday 00:30 UTC that follows the week."""
    if now < week.freeze_at:
        raise NotDueError(f"{week} is frozen from {week.freeze_at:%Y-%m-%d %H:%M} UTC on")


def freeze(*, week: Week, now: datetime, pool: str) -> Freeze:
    """The freeze of `week` for `pool`; made now unless it was made before, in which case nothing changes.

    Raises NotDueError before the Monday 00:30 UTC that follows the week.
    """
    check_due(week, now=now)
    with transaction.atomic(using=BENCHMARK):
        closing.closing(pool=pool, week=str(week), using=BENCHMARK)
        made = Freeze(pool=pool, week=str(week), frozen_at=now, algorithm=ALGORITHM)
        Freeze.objects.using(BENCHMARK).bulk_create([made], ignore_conflicts=True)
        frozen = Freeze.objects.using(BENCHMARK).get(pool=pool, week=str(week))
        if not Snapshot.objects.using(BENCHMARK).filter(freeze=frozen).exists():
            _publish(frozen)
    return frozen


def place(*, frozen: Freeze, organization_id: int) -> None:
    """Count the others of an organization that came after the freeze; its figures stay out of it."""
    with transaction.atomic(using=BENCHMARK):
        candidates = _candidates(frozen)
        newcomer = [each for each in candidates.values() if each.organization_id == organization_id]
        _write_places(frozen, _ballots(frozen, candidates), newcomer)
        write_pooled(frozen, candidates, to=newcomer, using=BENCHMARK)


def _publish(frozen: Freeze) -> None:
    candidates = _candidates(frozen)
    ballots = _ballots(frozen, candidates)
    Snapshot.objects.using(BENCHMARK).bulk_create(
        _snapshot(frozen, metric, stratum, votes) for (metric, stratum), votes in ballots.items()
    )
    _write_places(frozen, ballots, candidates.values())
    write_pooled(frozen, candidates, to=candidates.values(), using=BENCHMARK)


def _candidates(frozen: Freeze) -> dict[int, Candidate]:
    rows = Candidate.objects.using(BENCHMARK).filter(pool=frozen.pool, week=frozen.week)
    return {row.organization_id: row for row in rows.order_by("organization_id")}


def _ballots(frozen: Freeze, candidates: Mapping[int, Candidate]) -> Ballots:
    """Every table of the registry, those without a vote too: which tables exist says nothing about who is in them."""
    entrants: dict[tuple[str, str], list[Entrant]] = defaultdict(list)
    rows = Contribution.objects.using(BENCHMARK).filter(pool=frozen.pool, week=frozen.week, eligible=True)
    for row in rows:
        candidate = candidates.get(row.organization_id)
        if candidate is not None and candidate.eligible and row.value is not None:
            entrant = Entrant(row.organization_id, row.value, frozenset(candidate.kin), candidate.domain)
            entrants[row.metric, row.stratum].append(entrant)
    return {
        (metric, stratum): count_votes(entrants[metric, stratum], yardstick.grid)
        for metric, yardstick in YARDSTICKS.items()
        for stratum in strata_of(yardstick)
    }


def _snapshot(frozen: Freeze, metric: str, stratum: str, votes: Iterable[Vote]) -> Snapshot:
    table = publish([vote.value for vote in votes], YARDSTICKS[metric].grid)
    name = f"{frozen.pool}/{frozen.week}/{Snapshot.ALL}/{metric}/{stratum}"
    return Snapshot(
        id=uuid.uuid5(_NAMESPACE, name),
        freeze=frozen,
        pool=frozen.pool,
        week=frozen.week,
        cohort=Snapshot.ALL,
        metric=metric,
        stratum=stratum,
        **asdict(table),
    )


def _write_places(frozen: Freeze, ballots: Ballots, candidates: Iterable[Candidate]) -> None:
    rows = _places(frozen, ballots, candidates)
    Place.objects.using(BENCHMARK).bulk_create(rows, batch_size=2_000, ignore_conflicts=True)


def _places(frozen: Freeze, ballots: Ballots, candidates: Iterable[Candidate]) -> Iterator[Place]:
    for candidate in candidates:
        kin = frozenset(candidate.kin)
        for (metric, stratum), votes in ballots.items():
            count = others(votes, organization_id=candidate.organization_id, kin=kin)
            yield Place(
                organization_id=candidate.organization_id,
                pool=frozen.pool,
                week=frozen.week,
                cohort=Snapshot.ALL,
                metric=metric,
                stratum=stratum,
                others=band(count),
            )
