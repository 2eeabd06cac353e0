"""How many statements a page asks, the door included: of a deployment that has something of every kind, in a frozen week."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from msgspec import structs

from apps.benchmarks.freeze import freeze as freeze_week
from apps.benchmarks.weeks import Week
from apps.deployments.annotate import annotate
from apps.deployments.bills import Bill, enter_bill
from apps.deployments.create import create_deployment
from apps.deployments.labels import EQUALS, TASK, Labels, Rule
from apps.deployments.models import Annotation
from apps.deployments.relabel import declare_kinds, declare_labels
from apps.organizations import access
from apps.pricing.agree import set_discount
from apps.quality.thresholds import declare_threshold
from apps.traces.nouns import Request
from tests.benchmarks.tenants import Tenant, bring, tenant
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme
from tests.dashboards.test_providers_page import CHEAP, DEAR, OTHER, answers, known
from tests.names import unique

MOST = 12
NOW = timezone.now()
TODAY = NOW.astimezone(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)
WEEK = Week.last_due(NOW)
"""The week is the last that is due, so that it is the one that pages show."""


@pytest.fixture(scope="module")
def place(database: None) -> Iterator[Acme]:
    made = acme(pool=unique("pool"))
    with acting_as("worker"):
        _declare(made)
    known(made, [*_traffic(days=2), *_traffic(days=20)])
    with acting_as("worker"):
        members = [
            Tenant(made.organization(), made.deployment()),
            *(tenant(made.organization().pool) for _ in range(21)),
        ]
        for n, each in enumerate(members):
            for metric in ("efficiency_billing", "retry_rate", "failure_rate"):
                bring(each, 0.4 + 0.02 * n, metric=metric, week=WEEK)
        freeze_week(week=WEEK, now=WEEK.freeze_at + timedelta(hours=1), pool=made.organization().pool)
    with acting_as("web"):
        yield made


def _traffic(*, days: int) -> list[Request]:
    """So many days ago: two tasks that several models serve, under two policies, with tags."""
    came = [
        *(one for model in (DEAR, CHEAP, OTHER) for one in answers("triage", model, 40, 38)),
        *(one for model in (DEAR, CHEAP) for one in answers("extraction", model, 40, 36)),
    ]
    return [
        structs.replace(
            one,
            request_id=f"{days}-{one.request_id}",
            received_at=NOW - timedelta(days=days),
            policy=f"v{n % 2}",
            tags={"team": "search"},
        )
        for n, one in enumerate(came)
    ]


def _declare(place: Acme) -> None:
    deployment, day = place.deployment(), TODAY - timedelta(days=5)
    said: Any = {"now": NOW, "actor": None}
    with access.scope(deployment.organization_id):
        create_deployment(organization=deployment.organization, slug="other", name="Other", user_facing=True, **said)
        annotate(deployment=deployment, kind=Annotation.Kind.RELEASE, label="v2", at=NOW - timedelta(days=3), **said)
        enter_bill(deployment=deployment, bill=Bill(TODAY.replace(day=1), "openai", 9_000), **said)
        declare_labels(deployment=deployment, labels=Labels(rules=(Rule(TASK, EQUALS, "nothing", "other"),)), **said)
        declare_kinds(deployment=deployment, kinds={"triage": "classification"}, **said)
        set_discount(
            organization=deployment.organization,
            provider="openai",
            model="gpt-4o",
            effective_from=day,
            multiplier_ppm=900_000,
            **said,
        )
        declare_threshold(deployment=deployment, task="triage", quality=Decimal("0.9"), effective_from=day, **said)


def statements(place: Acme, page: str) -> list[str]:
    """Of a process that knows the price book already; counted as the bench of pages does."""
    client = place.client()
    assert client.get(place.at(f"chat/{page}")).status_code == 200  # it is not led elsewhere
    with CaptureQueriesContext(connection) as asked:
        client.get(place.at(f"chat/{page}"))
    return [one["sql"] for one in asked if one["sql"] not in ("BEGIN", "COMMIT")]


@pytest.mark.parametrize(
    "page",
    [
        "money", "money?by=tag", "money?by=tag&key=team", "money?by=model", "money?by=environment", "money?environment=all",
        "failures", "waiting", "waiting?environment=all", "standing", "providers", "tasks", "compare", "compare?by=policies",
        "compare?by=deployments", f"compare?start={TODAY}&end={TODAY}&before={YESTERDAY}&until={YESTERDAY}",
    ],
)  # fmt: skip
def test_a_page_in_a_frozen_week_asks_no_more_than_a_page_may(place: Acme, page: str) -> None:
    asked = statements(place, page)
    assert len(asked) <= MOST, "\n".join(one[:200] for one in asked)


@pytest.mark.parametrize("page", ["providers", "tasks", "compare", "compare?by=policies"])
def test_a_page_about_choices_reads_no_raw_row(place: Acme, page: str) -> None:
    asked = statements(place, page)
    assert [one for one in asked if "traces_" in one] == []
