"""The demo is large enough for a benchmark, and shows every honest state."""

from collections import Counter
from datetime import date, timedelta
from itertools import chain

import pytest

from apps.demo.simulate.arrivals import count
from apps.demo.simulate.cast import DAYS, cast
from apps.demo.simulate.ledger import Ledger
from apps.demo.simulate.profile import Deployment
from apps.demo.simulate.stream import happenings
from tests.demo.now import BEGAN, CAST, NOW, SEED, find

DEPLOYMENTS = tuple(chain.from_iterable(organization.deployments for organization in CAST))


def counts(deployment: Deployment, *, seed: int = SEED, began: date = BEGAN) -> list[int]:
    """Requests of each day from the first to yesterday."""
    return [count(seed, deployment, began + timedelta(days=day), day / 7) for day in range(DAYS)]


def test_there_are_sixty_organizations_with_names_of_their_own() -> None:
    assert len(CAST) == 60
    assert len({organization.slug for organization in CAST}) == len({organization.name for organization in CAST}) == 60
    assert all(organization.slug.startswith("demo-") for organization in CAST)
    assert max(len(organization.slug) for organization in CAST) <= 63


def test_they_make_about_300_000_requests_in_thirteen_weeks() -> None:
    assert 285_000 <= sum(sum(counts(deployment)) for deployment in DEPLOYMENTS) <= 315_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_organization_has_a_deployment_with_a_thousand_production_requests_in_any_four_weeks(seed: int) -> None:
    short = []
    for organization in cast(seed=seed, began=BEGAN):
        last = min(one.last_day or NOW.date() for one in organization.deployments if one.weekly > 200)
        ends = range(28, min(DAYS, (last - BEGAN).days) + 1)
        by_day = [[number * (1 - one.staging) for number in counts(one, seed=seed)] for one in organization.deployments]
        if not all(any(sum(days[end - 28 : end]) >= 1_000 for days in by_day) for end in ends):
            short.append(organization.slug)
    assert not short


def test_each_has_requests_on_most_days_of_the_last_four_weeks() -> None:
    for organization in CAST:
        active = max(sum(number > 0 for number in counts(one)[-28:]) for one in organization.deployments)
        assert active >= 20, organization.slug


def test_every_honest_state_can_be_seen() -> None:
    completeness = Counter(one.source.completeness for one in DEPLOYMENTS)
    assert completeness["complete"] > 70
    assert completeness["complete_first_hop"] >= 2
    assert completeness["lower_bound"] == completeness["count_only"] == completeness["unknown"] == 1
    assert sum(one.source.basis is None and one.source.completeness == "complete" for one in DEPLOYMENTS) >= 8
    assert sum(one.last_day is not None for one in DEPLOYMENTS) >= 2
    assert sum(not one.contributes for one in DEPLOYMENTS) >= 1
    assert find("demo-acme/voice-notes").weekly == 0
    assert sum(one.source.tokens_missing > 0.1 for one in DEPLOYMENTS) == 1
    assert {one.source.currency for one in DEPLOYMENTS} == {None, "USD", "EUR"}
    assert any(job.offer.provider == "self-hosted" for one in DEPLOYMENTS for job in one.jobs)
    assert any(job.service_tier == "batch" for one in DEPLOYMENTS for job in one.jobs)
    assert any(job.operation == "embeddings" for one in DEPLOYMENTS for job in one.jobs)
    assert any(one.weekdays == (0,) for one in DEPLOYMENTS)
    scored = [one for one in DEPLOYMENTS if one.source.scored]
    assert 15 <= len(DEPLOYMENTS) - len(scored) <= 40
    assert 5 <= sum(not tries(one) for one in scored) <= 20
    assert 20 <= sum(bool(one.fallbacks) for one in DEPLOYMENTS) <= 70
    assert {len(organization.deployments) for organization in CAST} >= {1, 2, 3}


def tries(deployment: Deployment) -> bool:
    """Whether two models are planned for some task: without, no choice can be judged."""
    return any(number > 1 for number in Counter(job.task for job in deployment.jobs).values())


def test_one_organization_stopped_a_week_ago() -> None:
    silent = [one for one in DEPLOYMENTS if one.last_day and not one.organization.startswith("demo-acme")]
    assert {one.last_day for one in silent} == {NOW.date() - timedelta(days=7)}
    for one in silent:
        assert counts(one)[-7] > 0
        assert not any(counts(one)[-6:])


def test_most_organizations_pass_the_gates_of_the_benchmark() -> None:
    passing = 0
    for organization in CAST:
        ledger = Ledger()
        for one in organization.deployments:
            since = NOW - timedelta(days=28)
            for day in happenings(deployment=one, since=since, until=NOW, began=BEGAN, seed=SEED):
                ledger.add(one.key, day)
        passing += any(
            ledger.total(one.key).requests >= 1_000
            and one.source.tokens_missing <= 0.04
            and one.source.completeness == "complete"
            and one.contributes
            for one in organization.deployments
        )
    assert passing >= 50
