"""The report's figures are those of the rollups and of the frozen week."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from apps.benchmarks.close_week import close_week
from apps.deployments.create import create_deployment
from apps.deployments.declare import Declaration, declare
from apps.organizations import access
from apps.organizations.models import Organization
from apps.reports.compose import compose
from apps.reports.letter import write
from apps.reports.report import Report
from apps.traces.partitions import maintain
from tests.benchmarks.cells import day_cell, fill, traffic
from tests.benchmarks.tenants import NOW, WEEK, Tenant, tenant
from tests.connections import acting_as
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")


def composed(who: Tenant) -> Report | None:
    with access.scope(who.organization.pk):
        return compose(organization=who.organization, week=WEEK)


def one_with_traffic(pool: str | None = None) -> Tenant:
    who = tenant(pool or unique("pool"))
    fill(who.deployment, traffic(), week=WEEK)
    return who


def test_parts_are_per_thousand_requests_with_their_change() -> None:
    who = one_with_traffic()
    for back in range(28, 35):  # the week that the earlier window has instead of the last one: half the retries
        day_cell(who.deployment, WEEK.last_day - timedelta(days=back), traffic(retried=5))
    report = composed(who)
    assert report is not None
    parts = {part.name: (part.now, part.before) for part in report.sections[0].parts}
    assert parts == {
        "token": (80_000_000, 80_000_000),
        "retry": (8_000_000, 7_000_000),
        "latency": (None, None),
        "selection": (None, None),
        "maintenance": (None, None),
    }
    assert report.sections[0].change == 1_000_000
    assert all(part.missing for part in report.sections[0].parts if part.now is None)


def test_what_is_declared_is_a_part_and_touches_no_efficiency() -> None:
    plain, who = one_with_traffic(), one_with_traffic()
    with access.scope(who.organization.pk):
        declaration = Declaration(
            user_facing=True, value_per_1000_nano=None, maintenance_hours=Decimal(10), hourly_rate_nano=100_000_000_000
        )
        declare(
            deployment=who.deployment,
            declaration=declaration,
            effective_from=WEEK.first_day - timedelta(days=60),
            now=NOW,
            actor=None,
        )
    reports = [composed(each) for each in (plain, who)]
    assert all(reports)
    own = [{part.name: part.now for part in report.sections[0].parts} for report in reports if report]
    assert own[0]["maintenance"] is None
    assert own[1]["maintenance"] is not None
    assert own[1]["maintenance"] > 0
    assert own[0]["token"] == own[1]["token"]


def test_without_an_earlier_window_nothing_is_said_of_change() -> None:
    report = composed(one_with_traffic())
    assert report is not None
    letter = write(report, unsubscribe="https://tollmark.example/u")
    section = report.sections[0]
    assert section.requests_before == 2_100  # the three weeks that both windows share
    assert section.change == 0
    assert "as a week ago" in letter.text


def test_nothing_to_report_is_no_report() -> None:
    assert composed(tenant(unique("pool"))) is None


def heard_of(who: Tenant, when: datetime) -> None:
    """A raw request."""
    with acting_as("owner"):
        maintain(today=when.date(), days=1)
    with access.scope(who.organization.pk), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_request (organization_id, deployment_id, day, request_id, received_at, ingested_at, "
            'environment, operation, cache_hit, parallel, completeness, "grouping", attempt_count, source, content_hash) '
            "VALUES (%s, %s, %s, %s, %s, %s, 'production', 'chat', false, false, 'complete', 'explicit', 1, 'native', '')",
            [who.organization.pk, who.deployment.pk, when.date(), str(when), when, when],
        )


@pytest.mark.parametrize(
    ("last", "silent"),
    [
        (datetime(2026, 11, 19, 4, 12, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 4, 12, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 4, 12, tzinfo=UTC), False),  # it came back before the mail
    ],
)
def test_a_deployment_that_fell_silent_is_worth_knowing(last: datetime, silent: bool) -> None:
    who = one_with_traffic()
    heard_of(who, datetime(2026, 11, 19, 4, 12, tzinfo=UTC))
    if last.day != 19:
        heard_of(who, last)
    report = composed(who)
    assert report is not None
    letter = write(report, unsubscribe="https://tollmark.example/u")
    assert ("Chat has been silent since Thursday 19 Nov, 04:12 UTC." in letter.text) is silent


def test_the_busiest_deployment_leads_and_the_others_follow() -> None:
    who = one_with_traffic()
    with access.scope(who.organization.pk):
        for slug in ("busy", "idle"):
            made = create_deployment(
                organization=who.organization, slug=slug, name=slug.title(), user_facing=True, now=NOW, actor=None
            )
            if slug == "busy":
                busy = made
    fill(busy, traffic(requests=400), week=WEEK)
    report = composed(who)
    assert report is not None
    assert [section.name for section in report.sections] == ["Busy", "Chat"]


def test_the_mail_compares_with_the_frozen_week() -> None:
    pool = unique("pool")
    tenants = [one_with_traffic(pool) for _ in range(11)]
    close_week(week=WEEK, pool=pool, now=NOW)
    report = composed(tenants[0])
    assert report is not None
    assert report.frozen_at == NOW
    standing = report.sections[0].efficiency
    assert standing.metric == "efficiency_billing"
    assert standing.own == pytest.approx(1 / 1.1)
    assert standing.shown.median == 0.9  # 90.9 % on the grid of two points
    assert [one.metric for one in report.sections[0].metrics] == ["retry_rate", "effective_cost_uplift", "failure_rate"]
    letter = write(report, unsubscribe="https://tollmark.example/u")
    assert "Of each dollar, 91 cents bought answers: 1 more than at the median of your peers." in letter.text
    assert f"/o/{tenants[0].organization.slug}/chat/standing" in letter.html


def test_before_a_freeze_it_says_so() -> None:
    report = composed(one_with_traffic())
    assert report is not None
    letter = write(report, unsubscribe="https://tollmark.example/u")
    assert "No week was frozen yet." in letter.text
    assert "median of your peers" not in letter.text


def test_the_demo_is_called_a_demo_in_both_bodies() -> None:
    report = composed(one_with_traffic())
    assert report is not None
    letter = write(replace(report, demo=True), unsubscribe="https://tollmark.example/u")
    for body in (letter.text, letter.html):
        assert "every number is simulated" in body


def test_names_are_put_on_one_line() -> None:
    who = one_with_traffic()
    with access.scope(who.organization.pk):
        Organization.objects.filter(pk=who.organization.pk).update(name="Evil\r\nBcc: x@example.com")
        who.organization.refresh_from_db()
    report = composed(who)
    assert report is not None
    assert report.organization == "Evil Bcc: x@example.com"
    assert not re.search(r"[\r\n]", report.organization)
