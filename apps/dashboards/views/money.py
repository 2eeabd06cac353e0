"""Where does the money go?"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.dashboards import addresses, replica
from apps.dashboards.api.bills import whole_months
from apps.dashboards.door import Here, HereAtDeployment, at_deployment, at_organization
from apps.dashboards.forms.money import Asked, MoneyFilter
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import money as pages
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.bills import reconciled
from apps.dashboards.pages.files import as_cell
from apps.dashboards.pages.money_table import PARTS, records, sorted_by
from apps.dashboards.queries.money import apart, chargeback_of, chargeback_of_all, money_of
from apps.dashboards.queries.months import Asking, asking_of
from apps.dashboards.queries.span import Span
from apps.dashboards.views.over_days import happenings_at
from apps.dashboards.views.what_if import fixes_at
from apps.dashboards.wording import times
from apps.organizations.models import Role

OF_THE_TABLE = ("by", "key", "sort", "page")
OF_THE_SPAN = ("from", "to", "environment")
FIGURES = (
    "requests",
    "priced",
    "billed_usd",
    *(f"{kind}_usd" for kind in PARTS),
    "unknown_billing",
    "outcome_known",
    "failed",
    "counted",
    "retried",
    "served_with_tokens",
    "served_input_tokens",
    "served_output_tokens",
)
"""Columns of the files: of failed and retried with the requests of which they are a share."""


@require_safe
@login_required
@replica.reads
def money(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """What is asked for stands in the address; what is empty is left out of it, so that what is shared is short."""
    here = at_deployment(http, organization, deployment)
    told = {name: str(value) for name, value in http.GET.items() if value}
    if len(told) < len(http.GET):
        return redirect(addresses.with_query(http.path, told))
    form = MoneyFilter(http.GET, today=_today(here))
    return render(http, "dashboards/money.html", {"page": _page(here, form, told)})


@require_safe
@login_required
@replica.reads
def table_of(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """The table by one label as a file, every row of it, with exact dollars."""
    here = at_deployment(http, organization, deployment)
    form = MoneyFilter(http.GET, today=_today(here))
    if not form.is_valid():
        return HttpResponseBadRequest(_("This range cannot be read."), content_type="text/plain; charset=utf-8")
    asked = form.asked()
    found = apart(here.deployment, asked)
    rows = [[_label(one), *_figures(one)] for one in records(sorted_by(found.slices, asked.sort))]
    name = f"{here.deployment.slug}-by-{asked.by}-{asked.start}-{asked.end}.csv"
    return _file(name, [f"tag {as_cell(found.key)}" if found.key else asked.by, *FIGURES], rows)


@require_safe
@login_required
@replica.reads
def chargeback(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """What each value of a tag's key is to be charged, for the calendar months (UTC) that the range touches."""
    here = at_deployment(http, organization, deployment)
    form = MoneyFilter(http.GET, today=_today(here))
    if not form.is_valid():
        return HttpResponseBadRequest(_("This range cannot be read."), content_type="text/plain; charset=utf-8")
    asked = form.asked()
    first, last = whole_months(asked.start, asked.end)
    found = chargeback_of(here.deployment, key=asked.key, first=first, last=last, environment=asked.environment)
    rows = [
        [f"{month:%Y-%m}", as_cell(found.key or ""), _label(one), *_figures(one)]
        for month, slices in found.months.items()
        for one in records(slices)
    ]
    return _file(f"{here.deployment.slug}-chargeback-{first}-{last}.csv", ["month", "key", "value", *FIGURES], rows)


@require_safe
@login_required
@replica.reads
def chargeback_of_organization(http: HttpRequest, organization: str) -> HttpResponse:
    """The same of all deployments of the organization, by one key."""
    here = at_organization(http, organization)
    form = MoneyFilter(http.GET, today=_today(here))
    if not form.is_valid():
        return HttpResponseBadRequest(_("This range cannot be read."), content_type="text/plain; charset=utf-8")
    asked = form.asked()
    first, last = whole_months(asked.start, asked.end)
    found = chargeback_of_all(here.deployments, key=asked.key, first=first, last=last, environment=asked.environment)
    rows = [
        [one.slug, f"{month:%Y-%m}", as_cell(found.key or ""), _label(record), *_figures(record)]
        for one, charged in found.of
        for month, slices in charged.months.items()
        for record in records(slices)
    ]
    heads = ["deployment", "month", "key", "value", *FIGURES]
    return _file(f"{here.organization.slug}-chargeback-{first}-{last}.csv", heads, rows)


def _file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(heads)
    writer.writerows(rows)
    return response


def _label(record: Mapping[str, Any]) -> str:
    return as_cell(record["label"]) if record["label"] else ""


def _figures(record: Mapping[str, Any]) -> list[Any]:
    parts = {f"{part['name']}_usd": part["usd"] for part in record["parts"]}
    return [{**record, **parts}.get(name) for name in FIGURES]


def _page(here: HereAtDeployment, form: MoneyFilter, told: dict[str, str]) -> pages.MoneyPage:
    slug, name = here.organization.slug, here.deployment.slug
    asked = form.asked() if form.is_valid() else None
    asking = _asking(here, asked) if asked else None
    return pages.MoneyPage(
        frame=around_deployment(here, page="money", window=_range(asked) if asked else ""),
        name=here.deployment.name,
        form=form,
        set=_range(asked) if asked else "",
        shown=_shown(here, form, asked, told, asking.used) if asked and asking else None,
        bills=reconciled(asking.months, today=_today(here)) if asking else (),
        bills_basis=_("Whole calendar months (UTC) that these days touch, in every environment."),
        bills_url=addresses.bills(slug, name),
        fixes=fixes_at(here),
        settings=addresses.settings(slug, name),
        may_change=here.may(Role.EDITOR),
    )


def _shown(
    here: HereAtDeployment, form: MoneyFilter, asked: Asked, told: dict[str, str], used: Mapping[tuple[str, str], int]
) -> pages.Shown:
    slug, name = here.organization.slug, here.deployment.slug
    found = money_of(here.deployment, asked)
    form.offer(found.environments, chosen=asked.environment)
    kept = {key: value for key, value in told.items() if key != "page"}
    span = Span(asked.start, asked.end, asked.environment)
    at = pages.Addresses(
        page=_address(addresses.money(slug, name), told),
        csv=addresses.with_query(addresses.money_table(slug, name), kept),
        chargeback=lambda key: addresses.with_query(
            addresses.chargeback(slug, name),
            {"key": key, **{name: value for name, value in told.items() if name in OF_THE_SPAN}},
        ),
        behind=Behind(addresses.requests(slug, name), span, here.zone),
    )
    return pages.shown(found, asked, at=at, happened=happenings_at(here, "money", span, used))


def _asking(here: HereAtDeployment, asked: Asked) -> Asking:
    first, last = whole_months(asked.start, asked.end)
    return asking_of(here.deployment, Span(asked.start, asked.end, asked.environment), first=first, last=last)


def _range(asked: Asked) -> str:
    return f"{times.window(asked.start, asked.end)}, UTC \u00b7 {pages.environment_words(asked)}"


def _today(here: Here) -> date:
    return here.now.astimezone(UTC).date()


def _address(path: str, told: dict[str, str]) -> Callable[..., str]:
    """The page's own address with something changed; None leaves it out."""

    def address(**changed: object) -> str:
        return addresses.with_query(path, {**told, **changed}) + ("#by" if changed.keys() & set(OF_THE_TABLE) else "")

    return address
