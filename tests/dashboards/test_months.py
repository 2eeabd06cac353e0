"""Months of providers beside their bills, and what was used in a window, as they are read by themselves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apps.dashboards.queries.months import asking_of, months_of
from apps.dashboards.queries.span import Span
from apps.deployments.bills import Bill, bills_of, enter_bill
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.rollups.by_label import attempts_by
from apps.rollups.over_time import attempts_by_month
from apps.rollups.rebuild import rebuild
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic


@pytest.fixture
def owner(as_worker: None) -> Tenant:
    """Forty days of traffic."""
    made = tenant()
    store(made, traffic(103, 300, days=40))
    rebuild(**made.place, now=NOW)
    return made


def test_months_bills_and_what_was_used_are_read_as_one_as_they_are_apart(owner: Tenant) -> None:
    end = NOW.date()
    start, first = date.fromordinal(end.toordinal() - 20), date.fromordinal(end.toordinal() - 45).replace(day=1)
    month = end.replace(day=1)
    with access.scope(owner.organization_id):
        deployment = Deployment.objects.get(pk=owner.deployment_id)
        rate: Any = {"currency": "EUR", "usd_per_unit": Decimal("1.082500"), "rate_on": month}
        enter_bill(deployment=deployment, bill=Bill(month, "openai", 7_000, **rate), now=NOW, actor=None)
        enter_bill(deployment=deployment, bill=Bill(first, "nobody", 9), now=NOW, actor=None)
        for environment in ("staging", None):
            found = asking_of(deployment, Span(start, end, environment), first=first, last=end)
            window: Any = {**owner.place, "start": start, "end": end, "environment": environment}
            used = attempts_by("provider", "model", **window)
            assert found.used == {name: sums.attempts for name, sums in used.items()}
        counted = {(one.first, one.provider): one.sums for one in found.months if one.sums}
        assert counted == attempts_by_month(**owner.place, start=first, end=end)
        bills = {(one.month, one.provider): _said(one) for one in bills_of(deployment, first=first, last=end)}
        assert {(one.first, one.provider): _said(one.bill) for one in found.months if one.bill} == bills
        again = months_of(deployment, first=first, last=end)
        assert [(one.first, one.provider, one.sums) for one in again] == [
            (one.first, one.provider, one.sums) for one in found.months
        ]
    assert len(bills) == 2
    assert next(one for one in found.months if one.provider == "nobody").sums is None
    assert [one.first for one in found.months] == sorted((one.first for one in found.months), reverse=True)


def _said(bill: Any) -> tuple[Any, ...]:
    return bill.deployment_id, bill.amount_nano, bill.currency, bill.usd_per_unit, bill.rate_on, bill.usd_nano
