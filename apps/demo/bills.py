"""Bills of the demo's providers: for months that are over, from what was counted, each off in a way of its own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from apps.demo.lay import SHOWN
from apps.deployments.bills import Bill, bills_of, enter_bill
from apps.deployments.models import Deployment, ProviderBill
from apps.organizations import access
from apps.organizations.models import Organization
from apps.rollups import marks
from apps.rollups.over_time import attempts_by_month

MONTHS = 2
OF_WHAT_WAS_COUNTED = {"openai": Decimal("1.0006"), "anthropic": Decimal("1.038"), "google": Decimal("0.91")}
"""One that agrees, one with a fee on top, one with a discount; the others bill in euro, and agree."""
USD_PER_EURO = Decimal("1.0862")


def enter_bills(*, now: datetime) -> int:
    """For the first organization shown, whatever is not entered yet; how many. Runs as the worker role."""
    organization = Organization.objects.get(slug=SHOWN[0])
    with access.scope(organization.pk):
        deployments = Deployment.objects.filter(organization=organization).select_related("organization")
        return sum(_enter(one, now=now) for one in deployments)


def months_before(day: date) -> tuple[date, date]:
    """The first and the last day of the complete months before the one of `day`."""
    last = first = day.replace(day=1) - timedelta(days=1)
    for _ in range(MONTHS - 1):
        first = first.replace(day=1) - timedelta(days=1)
    return first.replace(day=1), last


def _enter(deployment: Deployment, *, now: datetime) -> int:
    """None while cells are behind: a bill is made of what was counted in the end."""
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    first, last = months_before(now.astimezone(UTC).date())
    if any(hour.date() <= last for hour in marks.stale_hours(**place).hours):
        return 0
    known = {(one.month, one.provider) for one in bills_of(deployment, first=first, last=last)}
    counted = attempts_by_month(**place, start=first, end=last)
    new = {key: sums.billed_nano for key, sums in counted.items() if key not in known and key[1] and sums.billed_nano}
    for (month, provider), nano in new.items():
        enter_bill(deployment=deployment, bill=_bill(month, provider, nano), now=now, actor=None)
    return len(new)


def _bill(month: date, provider: str, counted_nano: int) -> Bill:
    share = OF_WHAT_WAS_COUNTED.get(provider)
    if share is not None:
        return Bill(month, provider, round(counted_nano * share))
    rate_on = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    euro = ProviderBill.Currency.EUR
    return Bill(month, provider, round(counted_nano / USD_PER_EURO), euro, USD_PER_EURO, rate_on)
