"""How are your deployments doing?"""

from datetime import UTC

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.dashboards import addresses, replica
from apps.dashboards.door import Here, at_organization
from apps.dashboards.frame import around_organization
from apps.dashboards.pages.deployments import DeploymentsPage, build
from apps.dashboards.queries.list import listed
from apps.dashboards.queries.windows import DAYS, days_to
from apps.dashboards.views.start import A_YEAR_S, LAST
from apps.dashboards.wording import times
from apps.organizations.models import Role


@require_safe
@login_required
@replica.reads
def deployments(request: HttpRequest, organization: str) -> HttpResponse:
    here = at_organization(request, organization)
    response = render(request, "dashboards/deployments.html", {"page": _page(here)})
    response.set_cookie(LAST, organization, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _page(here: Here) -> DeploymentsPage:
    slug = here.organization.slug
    first, last = days_to(here.now)
    return build(
        listed(here.organization, here.deployments, today=here.now.astimezone(UTC).date(), now=here.now),
        frame=around_organization(here, page="deployments", window=f"{times.window(first, last)}, UTC · production"),
        organization=here.organization.name,
        add=addresses.add_deployment(slug) if here.may(Role.EDITOR) else "",
        page_of=lambda name: addresses.standing(slug, name),
        connect_of=lambda name: addresses.deployment(slug, name),
        days=DAYS,
        zone=here.zone,
        now=here.now,
    )
