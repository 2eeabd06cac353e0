"""Is anything lost on the way in?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.dashboards import replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.health import HealthPage, build
from apps.dashboards.queries.health import health_of


@require_safe
@login_required
@replica.reads
def health(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(request, organization, deployment)
    return render(request, "dashboards/health.html", {"page": _page(here)})


def _page(here: HereAtDeployment) -> HealthPage:
    return build(
        health_of(here.deployment, zone=here.zone, now=here.now),
        frame=around_deployment(here, page="health"),
        name=here.deployment.name,
        slug=here.organization.slug,
        deployment=here.deployment.slug,
    )
