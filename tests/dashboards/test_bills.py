"""Bills of providers beside what was counted: entered, taken back, compared."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.dashboards.pages import bills as pages
from apps.dashboards.queries.months import Month
from apps.deployments.bills import Bill, bills_of, enter_bill, remove_bill
from apps.deployments.models import ProviderBill
from apps.organizations import access
from apps.organizations.models import AuditEvent, Role
from apps.rollups.sums import AttemptSums
from apps.traces.nouns import Attempt, Request, Usage
from tests.connections import acting_as
from tests.dashboards.tenants import Acme, acme, bring, member
from tests.dashboards.test_money import api, get

OCTOBER = date(2026, 10, 1)


def _enter(place: Acme, client: Client, **said: str) -> Any:
    told = {"month": "2026-10", "provider": "openai", "amount": "12.50", "currency": "USD", **said}
    return client.post(place.at("chat/money/bills"), told)


def test_an_editor_enters_corrects_and_takes_back_a_bill_and_the_trail_says_so(place: Acme) -> None:
    client, deployment = place.client(member(place, Role.EDITOR)), place.deployment()
    assert _enter(place, client).status_code == 302
    assert (
        _enter(place, client, amount="10", currency="EUR", usd_per_unit="1.1", rate_on="2026-10-31").status_code == 302
    )
    with access.scope(deployment.organization_id):
        (bill,) = bills_of(deployment, first=OCTOBER, last=OCTOBER)
        assert (bill.usd_nano, bill.entered_by_id is not None) == (11 * 10**9, True)
    assert _enter(place, client, deed="remove").status_code == 302
    with access.scope(deployment.organization_id):
        assert bills_of(deployment, first=OCTOBER, last=OCTOBER) == []
        trail = AuditEvent.objects.filter(verb__startswith="bill.").order_by("at")
        told = [(one.verb, one.detail.get("usd_nano"), one.detail.get("usd_nano_before")) for one in trail]
    assert told == [
        ("bill.entered", 12_500_000_000, None),
        ("bill.entered", 11 * 10**9, 12_500_000_000),
        ("bill.removed", None, 11 * 10**9),
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"currency": "EUR"}, "Dollars are compared with dollars: give a rate and its day, or enter US$."),
        ({"currency": "EUR", "usd_per_unit": "1.1"}, "Dollars are compared with dollars"),
        ({"usd_per_unit": "1.1"}, "A bill in US$ needs no rate."),
        ({"currency": "GBP"}, "Select a valid choice."),
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "$12"}, "Write a number such as 3.20"),
        ({"month": "2026-13"}, "Write a month such as 2026-11."),
        ({"month": "2126-01"}, "That month has not begun."),
        ({"provider": ""}, "This field is required."),
    ],
)
def test_a_bill_that_cannot_be_compared_is_refused_with_the_reason(place: Acme, said: dict[str, str], why: str) -> None:
    with acting_as("web"):
        answer = _enter(place, place.client(), **said)
    assert answer.status_code == 200
    assert why in answer.content.decode()


def test_the_database_keeps_what_a_bill_must_be(place: Acme) -> None:
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        for bad in (
            Bill(OCTOBER, "openai", 1, "EUR"),
            Bill(OCTOBER.replace(day=2), "openai", 1),
            Bill(OCTOBER, "openai", -1),
        ):
            with pytest.raises(ValidationError):
                enter_bill(deployment=deployment, bill=bad, now=timezone.now(), actor=None)


def test_a_bill_is_behind_the_walls_of_its_organization(place: Acme) -> None:
    deployment, stranger = place.deployment(), acme().organization()
    with access.scope(deployment.organization_id):
        enter_bill(deployment=deployment, bill=Bill(OCTOBER, "openai", 1), now=timezone.now(), actor=None)
    with access.scope(stranger.pk):
        assert not ProviderBill.objects.exists()
        gone = remove_bill(deployment=deployment, month=OCTOBER, provider="openai", now=timezone.now(), actor=None)
    assert not gone


def test_bills_stand_beside_what_the_gateway_reported_and_what_was_computed(place: Acme) -> None:
    today = timezone.now().astimezone(UTC)
    month = today.date().replace(day=1)
    at = max(datetime.combine(month, time(), UTC), today - timedelta(hours=1))
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    tries = [
        Attempt(
            provider="openai", model="gpt-4o", status=200, usage=usage, cost=cost, currency="USD", start_offset_ms=0
        )
        for cost in (Decimal("2.75"), None)
    ]
    came = [Request(request_id=f"r{n}", received_at=at, attempts=[one]) for n, one in enumerate(tries)]
    bring(place, came, now=timezone.now())
    deployment = place.deployment()
    with access.scope(deployment.organization_id):
        bill = Bill(month, "openai", 6 * 10**9)
        enter_bill(deployment=deployment, bill=bill, now=timezone.now(), actor=None)
    (row,) = api(place, "cost/bills")["results"]
    assert (row["provider"], row["attempts"]) == ("openai", 2)
    assert Decimal(row["reported_usd"]) == Decimal("2.75")
    assert Decimal(row["computed_usd"]) == 5
    assert Decimal(row["counted_usd"]) == Decimal("5.25")
    assert Decimal(row["difference_usd"]) == Decimal("0.75")
    page = get(place, "money")
    assert "+$0.75" in page
    assert "The bill is 12.5\u00a0% higher." in page


def _month(billed: int, bill: int | None, **sums: int) -> Month:
    row = None if bill is None else ProviderBill(month=OCTOBER, provider="openai", amount_nano=bill)
    return Month(OCTOBER, "openai", AttemptSums(attempts=9, billed=9, billed_nano=billed, **sums), row)


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (_month(100, None), "No bill was entered."),
        (_month(1_000, 1_004), "They agree to 0.4\u00a0%."),
        (
            _month(90, 100, unpriced=3),
            "The bill is 10.0\u00a0% higher. 3\u00a0attempts have no known price. Else taxes",
        ),
        (_month(90, 100, billing_unknown=2), "2\u00a0failed attempts may have been billed. Else taxes"),
        (_month(90, 100), "Perhaps taxes, fees or calls that do not come through here are on it."),
        (_month(110, 100, upper_bounds=5), "5\u00a0attempts did not tell what was cached"),
        (_month(110, 100), "The bill is 10.0\u00a0% lower. Perhaps a discount"),
        (Month(OCTOBER, "opnai", None, _month(1, 1).bill), "is it spelled as in the traces?"),
    ],
)
def test_a_difference_is_explained_by_what_was_counted_and_else_asked(month: Month, said: str) -> None:
    assert said in pages.why(month, today=date(2026, 11, 24))


def test_a_month_that_runs_is_said_to() -> None:
    assert pages.why(_month(1, None), today=date(2026, 10, 24)) == "The month is not over."
    assert "The month is not over." in pages.why(_month(1, 100), today=date(2026, 10, 24))
