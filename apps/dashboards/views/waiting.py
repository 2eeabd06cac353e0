"""What does waiting cost?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.dashboards import addresses, replica
from apps.dashboards.asked import AskedWindow, asked_window, without_empty
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import sheets
from apps.dashboards.pages import waiting as pages
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.span import words
from apps.dashboards.queries.span import environments_in
from apps.dashboards.queries.waiting import waiting_of
from apps.dashboards.queries.windows import standings_of
from apps.dashboards.views.sheet import sheet


@require_safe
@login_required
@replica.reads
def waiting(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(http, organization, deployment)
    shorter = without_empty(http)
    if shorter is not None:
        return redirect(shorter)
    return render(http, "dashboards/waiting.html", {"page": _page(here, asked_window(http, here))})


@require_safe
@login_required
@replica.reads
def waiting_csv(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """The tables of the page over the same window."""
    here = at_deployment(http, organization, deployment)
    span = asked_window(http, here).span
    rows = sheets.waiting(waiting_of(here.deployment, span))
    return sheet(rows, name=f"waiting-{here.deployment.slug}-{span.start}-{span.end}")


def _page(here: HereAtDeployment, asked: AskedWindow) -> pages.WaitingPage:
    slug, name = here.organization.slug, here.deployment.slug
    path = addresses.waiting(slug, name)
    return pages.build(
        waiting_of(here.deployment, asked.span),
        standings_of(here.deployment),
        frame=around_deployment(here, page="waiting", window=words(asked.span)),
        name=here.deployment.name,
        chooser=asked.chooser(here, path, environments_in(here.deployment, asked.span)),
        behind=Behind(addresses.requests(slug, name), asked.span, here.zone),
        csv=asked.address(addresses.waiting_csv(slug, name)),
        settings=addresses.settings(slug, name),
    )
