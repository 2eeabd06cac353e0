"""How are your deployments doing?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.dashboards import addresses, replica
from apps.dashboards.asked import AskedWindow, asked_window, without_empty
from apps.dashboards.carried import onward, read
from apps.dashboards.door import Here, at_organization
from apps.dashboards.frame import around_organization
from apps.dashboards.pages.deployments import DeploymentsPage, Places, build
from apps.dashboards.pages.deployments_order import BY_ENVIRONMENT, Asked, asked
from apps.dashboards.pages.deployments_shown import shown
from apps.dashboards.pages.span import words
from apps.dashboards.pages.unmeasured import PRICES, SETTINGS
from apps.dashboards.queries.list import last_weeks, listed, trends_of
from apps.dashboards.queries.span import Span
from apps.dashboards.views.start import A_YEAR_S, LAST
from apps.organizations.models import Role

PAGE = "deployments"


@require_safe
@login_required
@replica.reads
def deployments(request: HttpRequest, organization: str) -> HttpResponse:
    """What is looked for, the order and the groups stand in the address, beside the window."""
    here = at_organization(request, organization)
    shorter = without_empty(request)
    if shorter is not None:
        return redirect(shorter)
    page = _page(here, asked(here.query), asked_window(request, here))
    response = render(request, "dashboards/deployments.html", {"page": page})
    response.set_cookie(LAST, organization, max_age=A_YEAR_S, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _page(here: Here, chosen: Asked, window: AskedWindow) -> DeploymentsPage:
    apart, span = chosen.group == BY_ENVIRONMENT, window.span
    days = Span(span.start, span.end, None) if apart else span
    found = listed(here.organization, here.deployments, span, apart=apart, tag_key=chosen.tag_key, now=here.now)
    some = shown(found.rows, chosen)
    return build(
        found.rows,
        some,
        trends_of(some.rows, here.deployments, span, now=here.now),
        frame=around_organization(here, page=PAGE, window=words(days)),
        organization=here.organization.name,
        asked=chosen,
        chooser=window.chooser(here, addresses.organization(here.organization.slug), found.environments),
        tag_keys=found.tag_keys,
        places=_places(here),
        days=span.days,
        weeks=last_weeks(span, now=here.now),
        zone=here.zone,
        now=here.now,
    )


def _places(here: Here) -> Places:
    slug, carried = here.organization.slug, read(PAGE, here.query, here.zone)
    changes = {SETTINGS: addresses.settings, PRICES: addresses.prices}
    return Places(
        page=lambda name: onward("standing", addresses.standing(slug, name), carried, here.zone),
        connect=lambda name: addresses.deployment(slug, name),
        change=lambda name, where: changes.get(where, addresses.deployment)(slug, name),
        here=lambda **changed: addresses.with_query(
            addresses.organization(slug), {**here.query, "page": None, **changed}
        ),
        chargeback=addresses.with_query(
            addresses.chargeback_of_all(slug), {name: here.query.get(name) for name in ("from", "to", "environment")}
        ),
        add=addresses.add_deployment(slug) if here.may(Role.EDITOR) else "",
    )
