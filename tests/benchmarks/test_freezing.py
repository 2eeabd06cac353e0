"""A week is frozen once, by the benchmark role, from what contributing tenants have brought until then."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from django.db import DatabaseError, ProgrammingError, connections, transaction

from apps.benchmarks.freeze import BENCHMARK, NotDueError, freeze, place
from apps.benchmarks.models import Candidate, Contribution, Freeze, Place, Snapshot
from apps.benchmarks.queries import NOT_COUNTED, NOT_ENOUGH_PEERS, NOT_FROZEN, standing
from apps.benchmarks.weeks import Week
from apps.organizations import access
from tests.benchmarks.tenants import NOW, WEEK, Tenant, bring, pool_of, tenant
from tests.connections import acting_as
from tests.names import unique
from tollmark.logins import Role

pytestmark = pytest.mark.usefixtures("as_worker")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connections[BENCHMARK].close()


def frozen_bytes(pool: str, week: Week = WEEK) -> bytes:
    """All that anybody may read of a pool's week."""
    rows = Snapshot.objects.filter(pool=pool, week=str(week)).order_by("metric", "stratum").values()
    return msgspec.json.encode([{**row, "freeze_id": None, "pool": None, "id": None} for row in rows])


def seen_by(who: Tenant, metric: str = "failure_rate") -> object:
    with acting_as("web"), access.scope(who.organization.pk):
        return standing(deployment=who.deployment, pool=who.organization.pool, metric=metric)


def test_twelve_strangers_see_the_median_after_one_freeze() -> None:
    pool, tenants = pool_of(12)
    freeze(week=WEEK, now=NOW, pool=pool)
    for each in tenants:
        with acting_as("web"), access.scope(each.organization.pk):
            found = standing(deployment=each.deployment, pool=pool, metric="failure_rate")
        assert found.shown.median == 0.06  # 0.065 on the coarse grid
        assert found.shown.table.peers == "10-14"
        assert found.missing == ""
        assert found.verdict is not None
        assert found.eligible


def test_nobody_sees_anything_of_ten() -> None:
    """Each of ten has nine others."""
    pool, tenants = pool_of(10)
    freeze(week=WEEK, now=NOW, pool=pool)
    with acting_as("web"), access.scope(tenants[0].organization.pk):
        found = standing(deployment=tenants[0].deployment, pool=pool, metric="failure_rate")
    assert (found.missing, found.shown.median, found.verdict) == (NOT_ENOUGH_PEERS, None, None)
    assert found.own == 0.01


def test_five_fake_tenants_of_one_owner_see_nothing() -> None:
    pool, _ = pool_of(9)
    owner = f"{unique('attacker')}@example.com"
    fakes = [tenant(pool, email=owner) for _ in range(5)]
    for i, fake in enumerate(fakes):
        bring(fake, float(i % 2))
    freeze(week=WEEK, now=NOW, pool=pool)
    with acting_as("web"), access.scope(fakes[0].organization.pk):
        assert standing(deployment=fakes[0].deployment, pool=pool, metric="failure_rate").missing == NOT_ENOUGH_PEERS


def test_a_second_freeze_changes_nothing() -> None:
    pool, tenants = pool_of(12)
    first = freeze(week=WEEK, now=NOW, pool=pool)
    before = frozen_bytes(pool)
    again = freeze(week=WEEK, now=NOW + timedelta(days=1), pool=pool)
    assert (again.pk, again.frozen_at) == (first.pk, first.frozen_at)
    assert frozen_bytes(pool) == before
    assert Freeze.objects.filter(pool=pool).count() == 1
    assert seen_by(tenants[0]) == seen_by(tenants[0])


def test_late_data_never_change_a_frozen_week() -> None:
    pool, tenants = pool_of(12)
    freeze(week=WEEK, now=NOW, pool=pool)
    before = frozen_bytes(pool)
    with access.scope(tenants[0].organization.pk):
        assert Contribution.objects.filter(week=str(WEEK)).update(value=0.99) == 0
    late = tenant(pool)
    with pytest.raises(ProgrammingError, match="row-level security"):
        bring(late, 0.5)
    freeze(week=WEEK, now=NOW + timedelta(hours=1), pool=pool)
    assert frozen_bytes(pool) == before


def test_two_freezes_at_once_make_one() -> None:
    pool, _ = pool_of(12)
    found: list[int] = []

    def run() -> None:
        found.append(freeze(week=WEEK, now=NOW, pool=pool).pk)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 4
    assert Snapshot.objects.filter(pool=pool).count() == 20


def test_a_week_that_is_not_over_is_not_frozen() -> None:
    pool, _ = pool_of(1)
    with pytest.raises(NotDueError, match="2026-11-23 00:30"):
        freeze(week=WEEK, now=WEEK.freeze_at - timedelta(seconds=1), pool=pool)
    assert not Freeze.objects.filter(pool=pool).exists()


def test_the_same_inputs_give_the_same_bytes() -> None:
    """Two pools of equal values, brought in another order by other tenants."""
    one, _ = pool_of(21)
    other, _ = pool_of(21, low=0.12, high=0.01)
    for pool in (one, other):
        freeze(week=WEEK, now=NOW, pool=pool)
    assert frozen_bytes(one) == frozen_bytes(other)


def test_a_tenant_that_does_not_contribute_changes_no_byte() -> None:
    """Members, bytes and row counts are the same with a hidden tenant and without."""
    one, (member, *_) = pool_of(12)
    other, (peer, *_) = pool_of(12)
    bring(tenant(other), 0.9, eligible=False)
    for pool in (one, other):
        freeze(week=WEEK, now=NOW, pool=pool)
    assert frozen_bytes(one) == frozen_bytes(other)
    for who in (member, peer):
        with acting_as("web"), access.scope(who.organization.pk):
            assert standing(deployment=who.deployment, pool=who.organization.pool, metric="failure_rate").own == 0.01


def test_opting_out_takes_effect_at_the_next_freeze() -> None:
    pool, tenants = pool_of(12)
    freeze(week=WEEK, now=NOW, pool=pool)
    following = WEEK.back(-1)
    for i, each in enumerate(tenants):
        bring(each, 0.05, eligible=i > 1, week=following)
    before = frozen_bytes(pool)
    freeze(week=following, now=NOW + timedelta(weeks=1), pool=pool)
    assert frozen_bytes(pool) == before
    with acting_as("web"), access.scope(tenants[0].organization.pk):
        now, then = (
            standing(deployment=tenants[0].deployment, pool=pool, metric="failure_rate", week=week)
            for week in (following, WEEK)
        )
    assert (then.missing, then.eligible) == ("", True)
    assert now.eligible is False
    assert now.shown.table.peers == "10-14"  # ten others contribute; one more leaving would hide the median from them
    with acting_as("web"), access.scope(tenants[5].organization.pk):
        assert standing(deployment=tenants[5].deployment, pool=pool, metric="failure_rate").missing == NOT_ENOUGH_PEERS


def test_who_comes_after_the_freeze_is_placed_beside_it() -> None:
    pool, _ = pool_of(12)
    frozen = freeze(week=WEEK, now=NOW, pool=pool)
    late = tenant(pool)
    bring(late, 0.5, eligible=False)
    with acting_as("web"), access.scope(late.organization.pk):
        assert standing(deployment=late.deployment, pool=pool, metric="failure_rate").missing == NOT_COUNTED
    place(frozen=frozen, organization_id=late.organization.pk)
    with acting_as("web"), access.scope(late.organization.pk):
        found = standing(deployment=late.deployment, pool=pool, metric="failure_rate")
    assert (found.missing, found.shown.table.peers, found.shown.median) == ("", "10-14", 0.06)


def test_before_the_first_freeze_there_is_nothing_to_stand_beside() -> None:
    alone = tenant(unique("pool"))
    with acting_as("web"), access.scope(alone.organization.pk):
        assert (
            standing(deployment=alone.deployment, pool=alone.organization.pool, metric="retry_rate").missing
            == NOT_FROZEN
        )


def test_strata_are_pooled_apart() -> None:
    pool, tenants = pool_of(22)
    for i, each in enumerate(tenants):
        stratum = "complete" if i < 11 else "complete_first_hop"
        bring(each, 0.1 if i < 11 else 0.3, metric="retry_rate", stratum=stratum)
    freeze(week=WEEK, now=NOW, pool=pool)
    medians = {row.stratum: row.coarse_median for row in Snapshot.objects.filter(pool=pool, metric="retry_rate")}
    assert medians == {"complete": 0.1, "complete_first_hop": 0.3}


def test_the_demo_and_the_living_never_mix() -> None:
    one, _ = pool_of(6)
    other, _ = pool_of(6)
    for pool in (one, other):
        freeze(week=WEEK, now=NOW, pool=pool)
    assert {row.peers for row in Snapshot.objects.filter(pool__in=(one, other))} == {""}


def test_no_role_changes_a_published_table() -> None:
    pool, _ = pool_of(12)
    freeze(week=WEEK, now=NOW, pool=pool)
    roles: tuple[Role, ...] = ("web", "worker", "benchmark")
    for role in roles:
        with acting_as(role), pytest.raises(ProgrammingError, match="permission denied"):
            Snapshot.objects.filter(pool=pool).update(median=0.5)
    unprivileged: tuple[Role, ...] = ("web", "worker")
    for role in unprivileged:
        with acting_as(role), pytest.raises(ProgrammingError, match="permission denied"):
            Snapshot.objects.filter(pool=pool)._raw_delete("default")
    with acting_as("benchmark"):
        assert Snapshot.objects.filter(pool=pool)._raw_delete("default") == 0
    assert Snapshot.objects.filter(pool=pool).count() == 20


def test_the_benchmark_role_reads_eligible_values_and_no_more_of_a_tenant() -> None:
    pool, tenants = pool_of(2)
    bring(tenants[0], 0.4, metric="cache_read_share", eligible=False)
    with acting_as("benchmark"):
        assert set(Contribution.objects.filter(pool=pool).values_list("metric", flat=True)) == {"failure_rate"}
        for table in (
            "organizations_organization",
            "organizations_membership",
            "deployments_deployment",
            "accounts_user",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), connections["default"].cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM {table}")


def test_web_reads_its_own_rows_and_nobody_elses() -> None:
    pool, tenants = pool_of(2)
    freeze(week=WEEK, now=NOW, pool=pool)
    with acting_as("web"):
        with transaction.atomic():
            assert not any(table.objects.filter(pool=pool).exists() for table in (Candidate, Contribution, Place))
        with access.scope(tenants[0].organization.pk):
            for table in (Candidate, Contribution, Place):
                assert set(table.objects.filter(pool=pool).values_list("organization_id", flat=True)) == {
                    tenants[0].organization.pk
                }
            with pytest.raises(DatabaseError), transaction.atomic():
                Place.objects.filter(pool=pool).update(others="200+")


def test_kin_are_told_by_opaque_names() -> None:
    pool, tenants = pool_of(1)
    with access.scope(tenants[0].organization.pk):
        kin = Candidate.objects.get(pool=pool).kin
    assert [len(name) for name in kin] == [64]
