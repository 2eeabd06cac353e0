"""The rate of good choices as a yardstick: brought, gated and frozen as the others, and shown week by week."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from apps.benchmarks.close_week import close_week
from apps.benchmarks.disclosure.gates import failed
from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from apps.benchmarks.freeze import BENCHMARK, freeze
from apps.benchmarks.models import Contribution, Snapshot
from apps.benchmarks.queries import NOT_COUNTED, NOT_POOLED, ShownWeek, standings, weeks_shown
from apps.benchmarks.stored import load
from apps.benchmarks.weeks import Week
from apps.organizations import access
from apps.rollups.sums import RequestSums
from tests.benchmarks.cells import fill, traffic
from tests.benchmarks.tenants import NOW, WEEK, Tenant, bring, tenant
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")

METRIC = "optimal_selection_rate"


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connections[BENCHMARK].close()


def judged(*, evaluable_tokens: int = 60_000, optimal: int = 45) -> RequestSums:
    """A day of 98 served requests with 98,000 tokens, of which 60 requests can be judged."""
    return replace(traffic(), evaluable=60, optimal=optimal, evaluable_tokens=evaluable_tokens)


def brought(who: Tenant) -> Contribution:
    with access.scope(who.organization.pk):
        return Contribution.objects.get(organization=who.organization, metric=METRIC)


@pytest.mark.parametrize(
    ("tokens", "gates"), [(29_400, set()), (29_399, {"tokens_evaluable"}), (0, {"tokens_evaluable"})]
)
def test_a_rate_enters_the_pool_where_three_tenths_of_tokens_can_be_judged(tokens: int, gates: set[str]) -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, judged(evaluable_tokens=tokens), week=WEEK)
    close_week(week=WEEK, pool=who.organization.pool, now=NOW)
    row = brought(who)
    assert (row.value, row.stratum) == (0.75, "")
    assert {gate.name for gate in failed(load(row.gates))} == gates
    assert row.eligible is (not gates)


def test_without_evidence_there_is_no_rate_and_nothing_is_pooled() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(), week=WEEK)
    close_week(week=WEEK, pool=who.organization.pool, now=NOW)
    assert (brought(who).value, brought(who).eligible) == (None, False)


def shown(who: Tenant, *, weeks_back: int = 30) -> Sequence[ShownWeek]:
    with access.scope(who.organization.pk):
        return weeks_shown(
            organization_id=who.organization.pk,
            pool=who.organization.pool,
            metric=METRIC,
            stratum="",
            since=WEEK.back(weeks_back).monday,
        )


def frozen(tenants: Sequence[Tenant], values: Sequence[float], week: Week) -> None:
    for each, value in zip(tenants, values, strict=True):
        bring(each, value, metric=METRIC, week=week)
    freeze(week=week, now=week.freeze_at + timedelta(minutes=1), pool=tenants[0].organization.pool)


def test_each_week_shows_what_the_table_of_that_week_allows_this_organization() -> None:
    pool = unique("pool")
    tenants = [tenant(pool) for _ in range(22)]
    frozen(tenants[:10], [0.6] * 10, WEEK.back(2))  # nine others for who is in it
    frozen(tenants[:12], [0.6] * 12, WEEK.back(1))
    frozen(tenants, [0.5 + 0.02 * n for n in range(22)], WEEK)
    assert [(one.week, one.shown.level) for one in shown(tenants[0])] == [
        (WEEK.back(1), Level.MEDIAN),
        (WEEK, Level.QUARTILES),
    ]
    last = shown(tenants[0])[-1].shown.table
    table = Snapshot.objects.get(pool=pool, week=str(WEEK), metric=METRIC)
    assert (last.median, last.p25, last.p75) == (table.median, table.p25, table.p75)
    assert (last.peers, last.p10, last.coarse_median) == ("20-29", None, None)
    assert [one.week for one in shown(tenants[0], weeks_back=0)] == [WEEK]


def test_a_week_that_this_organization_was_not_placed_in_shows_it_nothing() -> None:
    pool = unique("pool")
    tenants = [tenant(pool) for _ in range(12)]
    frozen(tenants, [0.6] * 12, WEEK)
    assert shown(tenant(pool)) == ()


def test_a_week_frozen_before_the_metric_was_pooled_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    who = tenant(unique("pool"))
    with monkeypatch.context() as former:
        former.setattr("apps.benchmarks.freeze.YARDSTICKS", {"failure_rate": YARDSTICKS["failure_rate"]})
        freeze(week=WEEK, now=NOW, pool=who.organization.pool)
    with access.scope(who.organization.pk):
        found = standings(deployment=who.deployment, pool=who.organization.pool)
    assert (found[METRIC].missing, found["failure_rate"].missing) == (NOT_POOLED, NOT_COUNTED)
    assert shown(who) == ()
