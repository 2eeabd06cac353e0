"""What a tenant brings to a week: its ratios, each behind its gates, written under its own scope until the freeze."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone

from apps.benchmarks import closing
from apps.benchmarks.close_week import close_due, close_week, due, place_newcomers
from apps.benchmarks.contribute import contribute
from apps.benchmarks.disclosure.gates import failed
from apps.benchmarks.forget import forget_demo
from apps.benchmarks.freeze import BENCHMARK
from apps.benchmarks.models import Candidate, Contribution, Freeze, Place, Snapshot
from apps.benchmarks.queries import NOT_COUNTED, NOT_MEASURABLE, headline, standings
from apps.benchmarks.stored import load
from apps.benchmarks.weeks import Week
from apps.deployments.create import set_contribution
from apps.organizations import access
from apps.traces.models import StaleHour
from tests.benchmarks.cells import add_up, day_cell, fill, traffic
from tests.benchmarks.tenants import LONG_AGO, NOW, WEEK, Tenant, tenant
from tests.connections import acting_as
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    connections[BENCHMARK].close()


def brought(who: Tenant) -> dict[str, Contribution]:
    with access.scope(who.organization.pk):
        return {row.metric: row for row in Contribution.objects.filter(organization=who.organization)}


def shut(row: Contribution) -> set[str]:
    return {gate.name for gate in failed(load(row.gates))}


def test_ratios_are_those_of_the_four_weeks() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(), week=WEEK)
    day_cell(who.deployment, WEEK.first_day - timedelta(days=1), traffic(failed=100))  # the day before
    contribute(who.organization, week=WEEK, now=NOW)
    found = brought(who)
    assert {metric: row.value for metric, row in found.items() if row.eligible} == {
        "efficiency_billing": pytest.approx(1 / 1.1),
        "effective_cost_uplift": pytest.approx(0.1),
        "retry_rate": pytest.approx(0.1),
        "retry_cost_multiple": pytest.approx(1.0),
        "retry_delay_ms": pytest.approx(500.0),
        "fallback_rate": 0.0,
        "failure_rate": pytest.approx(0.02),
    }
    assert found["retry_rate"].stratum == "complete"
    assert found["failure_rate"].stratum == ""
    assert shut(found["efficiency_latency"]) == {"one_overhead_basis", "overhead_known"}
    assert shut(found["cache_read_share"]) == set()
    assert found["cache_read_share"].value is None


def test_other_environments_do_not_count() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(requests=40), week=WEEK)
    for back in range(28):
        day_cell(who.deployment, WEEK.last_day - timedelta(days=back), traffic(failed=90), environment="staging")
    contribute(who.organization, week=WEEK, now=NOW)
    row = brought(who)["failure_rate"]
    assert row.eligible
    assert row.value == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("days", "sums", "gate"),
    [
        (9, traffic(), "requests"),
        (4, traffic(requests=1_000), "active_days"),
        (28, replace(traffic(), outcome_known=94), "outcome_known"),
        (28, replace(traffic(), served_with_tokens=90), "tokens_known"),
    ],
)
def test_a_shut_gate_keeps_the_value_out_of_the_pool_and_in_sight_of_its_tenant(
    days: int, sums: object, gate: str
) -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, sums, week=WEEK, days=days)  # type: ignore[arg-type]
    contribute(who.organization, week=WEEK, now=NOW)
    row = brought(who)["failure_rate"]
    assert shut(row) == {gate}
    assert row.value is not None
    assert not row.eligible
    with acting_as("benchmark"):
        assert not Contribution.objects.filter(pool=who.organization.pool, metric="failure_rate").exists()


def test_a_first_hop_source_is_pooled_as_one() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(), week=WEEK, completeness="complete_first_hop")
    contribute(who.organization, week=WEEK, now=NOW)
    row = brought(who)["retry_rate"]
    assert (row.eligible, row.stratum) == (True, "complete_first_hop")


def test_who_does_not_contribute_has_its_own_figures_and_lends_them_to_nobody() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(), week=WEEK)
    with access.scope(who.organization.pk):
        set_contribution(deployment=who.deployment, contributes=False, now=NOW, actor=None)
    contribute(who.organization, week=WEEK, now=NOW)
    row = brought(who)["retry_rate"]
    assert row.value == pytest.approx(0.1)
    assert (row.eligible, shut(row)) == (False, {"contributes"})


def test_an_organization_that_nobody_vouches_for_needs_mail_domain_and_age() -> None:
    who = tenant(unique("pool"), created_at=NOW - timedelta(days=3), vouched=False)
    fill(who.deployment, traffic(), week=WEEK)
    made = contribute(who.organization, week=WEEK, now=NOW)
    assert made is not None
    assert {gate.name for gate in failed(load(made.gates))} == {"domain_verified", "age"}
    assert not any(row.eligible for row in brought(who).values())


def test_figures_are_replaced_until_the_freeze_and_stand_after_it() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(), week=WEEK, days=14)
    contribute(who.organization, week=WEEK, now=NOW)
    for back in range(14, 28):
        day_cell(who.deployment, WEEK.last_day - timedelta(days=back), traffic(failed=4))
    close_week(week=WEEK, pool=who.organization.pool, now=NOW)
    assert brought(who)["failure_rate"].value == pytest.approx(0.03)
    assert contribute(who.organization, week=WEEK, now=NOW) is None
    assert brought(who)["failure_rate"].written_at == NOW


def test_closing_a_week_again_changes_nothing() -> None:
    who = tenant(unique("pool"))
    fill(who.deployment, traffic(), week=WEEK)
    first = close_week(week=WEEK, pool=who.organization.pool, now=NOW)
    again = close_week(week=WEEK, pool=who.organization.pool, now=NOW + timedelta(days=1))
    assert again.frozen_at == first.frozen_at


def test_the_headline_is_the_widest_scope_there_is() -> None:
    who = tenant(unique("pool"))
    known = replace(traffic(), waiting_overhead_known=100, receive_to_dispatch=100, receive_to_dispatch_us=2_000_000)
    fill(who.deployment, traffic(), week=WEEK)
    close_week(week=WEEK, pool=who.organization.pool, now=NOW)
    other = tenant(who.organization.pool)
    fill(other.deployment, known, week=WEEK)
    following = WEEK.back(-1)
    fill(who.deployment, traffic(), week=following, days=7)
    with acting_as("web"), access.scope(who.organization.pk):
        found = standings(deployment=who.deployment, pool=who.organization.pool)
    assert headline(found).metric == "efficiency_billing"
    assert found["efficiency_latency"].missing == NOT_MEASURABLE


def test_the_freeze_waits_for_no_one_forever() -> None:
    """While somebody holds the week open the freeze gives up, and the next beat tries again."""
    who = tenant(unique("pool"))
    pool = who.organization.pool
    with transaction.atomic(using=BENCHMARK), connections[BENCHMARK].cursor() as cursor:
        closing.writing(pool=pool, week=str(WEEK), using=BENCHMARK)
        with transaction.atomic(), connections["default"].cursor() as other:
            other.execute("SET LOCAL lock_timeout = '100ms'")
            with pytest.raises(closing.BusyError, match="is being written"):
                closing.closing(pool=pool, week=str(WEEK), using="default")
        cursor.execute("SELECT 1")
    assert close_week(week=WEEK, pool=pool, now=NOW).pool == pool


def test_a_pool_is_due_when_it_had_organizations_as_the_week_ended() -> None:
    old, new = tenant(unique("pool")), tenant(unique("pool"), created_at=NOW)
    pools = {pool for pool, _ in due(now=NOW)}
    assert old.organization.pool in pools
    assert new.organization.pool not in pools
    close_week(week=WEEK, pool=new.organization.pool, now=NOW)  # by command
    assert new.organization.pool in {pool for pool, _ in due(now=NOW)}


def test_who_comes_later_is_placed_by_the_next_beat_and_once() -> None:
    pool = tenant(unique("pool")).organization.pool
    frozen = close_week(week=WEEK, pool=pool, now=NOW)
    late = tenant(pool, created_at=NOW + timedelta(hours=1))
    close_due(pool=pool, week=WEEK, now=NOW + timedelta(hours=2))
    with access.scope(late.organization.pk):
        assert Place.objects.filter(organization=late.organization).count() == 20
        found = standings(deployment=late.deployment, pool=pool)
    assert {one.missing for one in found.values()} == {NOT_COUNTED}
    assert place_newcomers(frozen, now=NOW + timedelta(hours=3)) == 0


def test_the_command_freezes_and_repeats_itself() -> None:
    pool = tenant(unique("pool")).organization.pool
    said = [StringIO(), StringIO()]
    for out in said:
        call_command("freeze", week=str(WEEK), pool=pool, stdout=out)
    assert said[0].getvalue() == said[1].getvalue()
    assert "0 of 20 tables have enough organizations" in said[0].getvalue()
    assert Freeze.objects.filter(pool=pool).count() == 1


@pytest.mark.parametrize(
    ("week", "words"), [("2026-W54", "Invalid week"), ("47", "2026-W47"), ("2099-W01", "is frozen from")]
)
def test_the_command_refuses_what_is_no_week_or_not_over(week: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("freeze", week=week, pool=unique("pool"))


def test_stale_figures_in_the_window_are_rebuilt_first() -> None:
    """A mark without rows: the rebuild empties the day, and the freeze sees that."""
    who, week = tenant(unique("pool")), Week.last_due(timezone.now())
    fill(who.deployment, traffic(), week=week)
    hour = datetime.combine(week.last_day, datetime.min.time(), NOW.tzinfo)
    with access.scope(who.organization.pk):
        StaleHour.objects.create(
            organization_id=who.organization.pk, deployment_id=who.deployment.pk, hour=hour, marked_at=hour
        )
    close_week(week=week, pool=who.organization.pool, now=timezone.now())
    gates = load(brought(who)["failure_rate"].gates)
    assert next(gate.measured for gate in gates if gate.name == "requests") == 2_700


def test_the_demos_tables_go_with_the_demo_and_no_others() -> None:
    demo, other = tenant("demo"), tenant(unique("pool"))
    for who in (demo, other):
        close_week(week=WEEK, pool=who.organization.pool, now=NOW)
    forget_demo()
    assert not Snapshot.objects.filter(pool="demo").exists()
    assert not Freeze.objects.filter(pool="demo").exists()
    assert Snapshot.objects.filter(pool=other.organization.pool).count() == 20
    assert LONG_AGO < NOW
    with access.scope(demo.organization.pk):
        assert not Place.objects.filter(organization=demo.organization).exists()
        assert Candidate.objects.filter(organization=demo.organization).exists()


def test_twenty_edited_uploads_gain_nothing_beyond_the_table() -> None:
    """Between two freezes neither the own standing nor the table moves, whatever is sent."""
    pool = unique("pool")
    tenants = [tenant(pool) for _ in range(12)]
    for i, each in enumerate(tenants):
        fill(each.deployment, traffic(failed=i), week=WEEK)
    close_week(week=WEEK, pool=pool, now=NOW)
    editor = tenants[3]
    seen = set()
    for edit in range(20):
        day_cell(editor.deployment, WEEK.last_day, traffic(failed=5 * edit), completeness="unknown")
        assert contribute(editor.organization, week=WEEK, now=NOW + timedelta(hours=edit)) is None
        close_due(pool=pool, week=WEEK, now=NOW + timedelta(hours=edit))
        with acting_as("web"), access.scope(editor.organization.pk):
            seen.add(str(standings(deployment=editor.deployment, pool=pool)))
        with access.scope(editor.organization.pk), connections["default"].cursor() as cursor:
            cursor.execute(
                "DELETE FROM rollups_request_day WHERE deployment_id = %s AND completeness = 'unknown'",
                [editor.deployment.pk],
            )
        add_up(editor.deployment)
    assert len(seen) == 1


def test_a_hidden_tenant_changes_nothing_that_a_member_can_read() -> None:
    """Two pools alike but for a tenant that keeps its figures: every standing is the same, to the letter."""
    told = []
    for hidden in (False, True):
        pool = unique("pool")
        tenants = [tenant(pool) for _ in range(11 + hidden)]
        for i, each in enumerate(tenants):
            fill(each.deployment, traffic(failed=i), week=WEEK)
        if hidden:
            with access.scope(tenants[11].organization.pk):
                set_contribution(deployment=tenants[11].deployment, contributes=False, now=NOW, actor=None)
        close_week(week=WEEK, pool=pool, now=NOW)
        with acting_as("web"), access.scope(tenants[0].organization.pk):
            found = standings(deployment=tenants[0].deployment, pool=pool)
        told.append({metric: replace(one, snapshot=None) for metric, one in found.items()})
    assert told[0] == told[1]
    assert told[0]["failure_rate"].shown.median is not None
