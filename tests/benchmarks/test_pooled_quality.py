"""Pooled quality leaves a tenant by public task and listed model alone, through the same floors as every other figure."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections

from apps.benchmarks.disclosure.gates import DeploymentFacts
from apps.benchmarks.freeze import BENCHMARK, freeze
from apps.benchmarks.models import Candidate, QualityContribution
from apps.benchmarks.pooled import brought
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.quality.freeze import freeze as make_evidence
from apps.quality.models import Evidence, Pooled
from apps.traces.nouns import Attempt, Request
from tests.benchmarks.tenants import NOW, WEEK, Tenant, bring, pool_of, tenant
from tests.connections import acting_as
from tests.names import unique
from tests.rollups.tenants import Tenant as Place
from tests.rollups.tenants import store

pytestmark = pytest.mark.usefixtures("as_worker")
CHAT, MINI = "chat", "gpt-4o-mini"
FACTS = DeploymentFacts(
    contributes=True, requests=5_000, active_days=20, with_outcome=5_000, served_attempts=5_000,
    served_attempts_with_tokens=5_000, served_tokens=1, priced_tokens=1, dispatched=5_000, waiting=0, waiting_with_delay=0,
    waiting_with_overhead=0,
)  # fmt: skip


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connections[BENCHMARK].close()


def give(who: Tenant, value: float, *, task: str = CHAT, eligible: bool = True) -> None:
    with access.scope(who.organization.pk):
        QualityContribution.objects.create(
            organization=who.organization, deployment=who.deployment, pool=who.organization.pool, week=str(WEEK),
            task=task, model=MINI, value=value, eligible=eligible, written_at=NOW,
        )  # fmt: skip


def seen(who: Tenant) -> list[tuple[str, str, int, str]]:
    with acting_as("web"), access.scope(who.organization.pk):
        return list(Pooled.objects.values_list("task", "model", "quality_micro", "peers"))


def scored(n: int, task: str, model: str, *, environment: str = "production") -> list[Request]:
    return [
        Request(
            request_id=f"{task}-{model}-{environment}-{i}",
            received_at=NOW - timedelta(days=3),
            attempts=[Attempt(provider="openai", model=model, status=200)],
            environment=environment,
            task=task,
            quality=0.5,
        )
        for i in range(n)
    ]


def test_the_floors_hold_and_what_is_published_is_evidence_of_later_days() -> None:
    pool, tenants = pool_of(12)
    owner = f"{unique('kin')}@example.com"
    kin = [tenant(pool, email=owner) for _ in range(3)]
    for each in kin:
        bring(each, 0.05)
    for i, each in enumerate([*tenants, *kin]):
        give(each, 0.7 + i * 0.02)
    for each in tenants[:10]:
        give(each, 0.9, task="code")  # each of ten has nine others
    give(tenants[10], 0.9, task="code", eligible=False)
    freeze(week=WEEK, now=NOW, pool=pool)
    chat, code = (CHAT, MINI, 840_000, "10-14"), ("code", MINI, 900_000, "10-14")  # 0.84 on the grid of two points
    assert seen(tenants[0]) == [chat]
    for each in (tenants[10], tenants[11], kin[0]):  # with ten others, and no value of their own for code
        assert sorted(seen(each)) == [chat, code]
    place = Place(tenants[0].organization.pk, tenants[0].deployment.pk)
    store(place, scored(20, CHAT, MINI))
    for days, weight in ((0, None), (1, 20), (8, None)):
        make_evidence(**place.place, now=NOW + timedelta(days=days))
        with access.scope(place.organization_id):
            found = Evidence.objects.filter(day=(NOW + timedelta(days=days)).date(), model=MINI).first()
        assert (found.pooled if found else None) == weight
        if found:
            assert (found.own, found.quality_micro) == (20, 670_000)


def test_free_labels_and_few_scores_stay_with_their_tenant() -> None:
    who = tenant(unique("pool"))
    place = Place(who.organization.pk, who.deployment.pk)
    store(
        place,
        [
            *scored(30, CHAT, MINI),
            *scored(30, CHAT, MINI, environment="staging"),
            *scored(29, "code", MINI),
            *scored(40, "our-secret-project", MINI),
            *scored(40, CHAT, "acme-house-model-7b"),
        ],
    )
    with access.scope(place.organization_id):
        deployment = Deployment.objects.get(pk=place.deployment_id)
        candidate = Candidate(organization=who.organization, pool=who.organization.pool, eligible=True)
        (one,) = brought(deployment, FACTS, candidate, week=WEEK, now=NOW)
        assert (one.task, one.model, one.value, one.eligible) == (CHAT, MINI, 0.5, True)
        candidate.eligible = False
        (one,) = brought(deployment, FACTS, candidate, week=WEEK, now=NOW)
        assert not one.eligible
