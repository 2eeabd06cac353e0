"""Requests of a deployment, and one of them."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from apps.dashboards import addresses, replica
from apps.dashboards.api import cursor
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.requests import RequestFilter
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import request as one_page
from apps.dashboards.pages import requests as pages
from apps.dashboards.queries.requests import Key, PageOfRequests, request, requests
from apps.dashboards.queries.trace_links import trace_link_of
from apps.deployments.models import Assumptions
from apps.deployments.queries import assumptions_of
from apps.rollups.parts import Declared
from apps.rollups.window import declared_in

AFTER = "after"


@require_safe
@login_required
@replica.reads
def requests_of(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """Filters stand in the address; empty ones are left out of it, so that what is shared is short."""
    here = at_deployment(http, organization, deployment)
    told = {name: str(value) for name, value in http.GET.items() if value}
    if len(told) < len(http.GET):
        return redirect(addresses.with_query(http.path, told))
    with timezone.override(here.zone):
        form, assumptions = RequestFilter(http.GET, now=here.now), assumptions_of(here.deployment)
        found = _found(here, form, told.get(AFTER, ""), assumptions)
        page = _page(here, form, found, told, declared_in(assumptions).get(here.deployment.pk, []))
        return render(http, "dashboards/requests.html", {"page": page})


@require_safe
@login_required
@replica.reads
def request_of(http: HttpRequest, organization: str, deployment: str, day: date, request_id: str) -> HttpResponse:
    """Its address may carry the filter of the list it was found in, which leads back to it."""
    here = at_deployment(http, organization, deployment)
    assumptions = assumptions_of(here.deployment)
    found = request(here.deployment, day, request_id, assumptions=assumptions)
    if found is None or found.figures is None:
        raise Http404("No such request.")
    page = one_page.build(
        found,
        frame=around_deployment(here, page="requests"),
        declared=declared_in(assumptions).get(here.deployment.pk, []),
        trace_link=trace_link_of(here.deployment, found),
        back=addresses.with_query(addresses.requests(here.organization.slug, here.deployment.slug), here.query),
        zone=here.zone,
    )
    return render(http, "dashboards/request.html", {"page": page})


def _found(
    here: HereAtDeployment, form: RequestFilter, after: str, assumptions: Sequence[Assumptions]
) -> PageOfRequests | None:
    """None, and the form says why, where it cannot be looked up."""
    key: Key | None = None
    if after:
        try:
            key = cursor.load(after)
        except ValidationError:
            form.add_error(None, _("This link to a further page is not whole: begin with the first one."))
    if not form.is_valid():
        return None
    return requests(here.deployment, form.asked(after=key), with_figures=True, assumptions=assumptions)


def _page(
    here: HereAtDeployment,
    form: RequestFilter,
    found: PageOfRequests | None,
    told: dict[str, str],
    declared: Sequence[Declared],
) -> pages.RequestsPage:
    slug, name = here.organization.slug, here.deployment.slug
    path = addresses.requests(slug, name)
    first = {key: value for key, value in told.items() if key != AFTER}
    following = found.following if found else None
    return pages.build(
        found,
        form=form,
        frame=around_deployment(here, page="requests"),
        name=here.deployment.name,
        declared=declared,
        address=lambda one: addresses.with_query(addresses.request(slug, name, one.day, one.request_id), first),
        trace_link=partial(trace_link_of, here.deployment),
        following=addresses.with_query(path, {**first, AFTER: cursor.dump(following)}) if following else "",
        first=addresses.with_query(path, first) if AFTER in told else "",
        clear=path,
        exports=addresses.exports(slug, name),
        zone=here.zone,
    )
