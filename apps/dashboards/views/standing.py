"""Where do you stand?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.benchmarks.disclosure.yardsticks import EFFICIENCY_SCOPES
from apps.dashboards import addresses, replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.standing import StandingPage, build
from apps.dashboards.queries.windows import facts_of


@require_safe
@login_required
@replica.reads
def standing(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(request, organization, deployment)
    return render(request, "dashboards/standing.html", {"page": _page(here)})


def _page(here: HereAtDeployment) -> StandingPage:
    """The scope stands in the address; one that is none means the usual, as a mistyped order of a list does."""
    scope = here.query.get("scope", "")
    path = addresses.standing(here.organization.slug, here.deployment.slug)
    return build(
        facts_of(here.deployment, now=here.now),
        frame=around_deployment(here, page="standing"),
        name=here.deployment.name,
        settings=addresses.settings(here.organization.slug, here.deployment.slug),
        here=lambda scope: addresses.with_query(path, {**here.query, "scope": scope}),
        scope=scope if scope in EFFICIENCY_SCOPES else "",
    )
