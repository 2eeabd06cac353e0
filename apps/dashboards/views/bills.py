"""Does the bill agree? Bills of providers, entered by month, beside what was counted."""

from datetime import UTC, date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses, replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.bills import EnterBill, TakeBack
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.bills import BillsPage, build
from apps.dashboards.queries.months import months_of
from apps.deployments.bills import enter_bill, remove_bill
from apps.organizations.models import Role

MONTHS = 13
"""The month that runs, and a year before it."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@replica.reads
def bills_of(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """A post enters a bill, or corrects the one of the same month and provider; with `deed=remove` it takes it back."""
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    here_again = redirect(addresses.bills(organization, deployment))
    if request.POST.get("deed") == "remove":
        _remove(request, here)
        return here_again
    form = EnterBill(request.POST or None, today=_today(here), initial={"month": f"{_month_before(here):%Y-%m}"})
    if form.is_valid() and _enter(here, form):
        messages.success(request, _("Entered. It stands beside what was counted for that month."))
        return here_again
    return render(request, "dashboards/bills.html", {"page": _page(here), "form": form})


def _enter(here: HereAtDeployment, form: EnterBill) -> bool:
    try:
        with transaction.atomic():
            enter_bill(deployment=here.deployment, bill=form.bill(), now=here.now, actor=here.user)
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return False
    return True


def _remove(request: HttpRequest, here: HereAtDeployment) -> None:
    form = TakeBack(request.POST)
    if not form.is_valid():
        return
    named = form.cleaned_data
    if remove_bill(
        deployment=here.deployment,
        month=named["month"],
        provider=named["provider"],
        now=here.now,
        actor=here.user,
    ):
        messages.success(request, _("The bill was taken back."))


def _page(here: HereAtDeployment) -> BillsPage:
    today = _today(here)
    first = today.replace(day=1)
    for _month in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return build(
        months_of(here.deployment, first=first, last=today),
        frame=around_deployment(here, page="money"),
        name=here.deployment.name,
        may_change=here.may(Role.EDITOR),
        money_url=addresses.money(here.organization.slug, here.deployment.slug),
        today=today,
    )


def _month_before(here: HereAtDeployment) -> date:
    return _today(here).replace(day=1) - timedelta(days=1)


def _today(here: HereAtDeployment) -> date:
    return here.now.astimezone(UTC).date()
