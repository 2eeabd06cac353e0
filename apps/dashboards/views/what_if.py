"""What if?"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.advice.answer import what_if as answer_to
from apps.advice.changes import Add, Cap, Change, Drop, Fallback, Move, PriceChange
from apps.advice.load import facts_of
from apps.advice.stored import advice_of
from apps.dashboards import addresses, replica
from apps.dashboards.asked import without_empty
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.what_if import FIELDS, KINDS, MOVE, WhatIfForm
from apps.dashboards.frame import Link, around_deployment
from apps.dashboards.pages import what_if as pages
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.fixes import FixesSection, fixes_section
from apps.dashboards.queries.requests import FALLBACK, RETRIED
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.what_if import offered_of

NOTHING_ASKED = gettext_lazy(
    "Choose a change, and see what it would have brought on your own requests: dollars a month and quality, as a range."
)
NOTHING_THERE = gettext_lazy("No request came in the 28 days before today, so nothing can be said of a change.")
NOT_READABLE = gettext_lazy("This cannot be answered as it is asked; the form says why.")


@require_safe
@login_required
@replica.reads
def what_if(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(http, organization, deployment)
    shorter = without_empty(http)
    if shorter is not None:
        return redirect(shorter)
    return render(http, "dashboards/what_if.html", {"page": _page(http, here)})


def _page(http: HttpRequest, here: HereAtDeployment) -> pages.WhatIfPage:
    path = addresses.what_if(here.organization.slug, here.deployment.slug)
    kind = http.GET.get("change", MOVE)
    kind = kind if kind in KINDS else MOVE
    asked = any(name in http.GET for name in FIELDS[kind])
    form = WhatIfForm(http.GET, kind=kind, offered=offered_of(here.deployment, now=here.now), asked=asked)
    unasked = str(NOT_READABLE if asked else NOTHING_ASKED)
    shown, answer = _shown(form, here) if asked and form.is_valid() else (None, unasked)
    return pages.WhatIfPage(
        frame=around_deployment(here, page="what-if"),
        name=here.deployment.name,
        answer=answer,
        kinds=tuple(Link(str(name), f"{path}?change={one}", one == kind) for one, name in KINDS.items()),
        form=form,
        shown=shown,
        fixes=fixes_at(here),
    )


def _shown(form: WhatIfForm, here: HereAtDeployment) -> tuple[pages.Shown | None, str]:
    facts = facts_of(here.deployment, now=here.now)
    if facts is None:
        return None, str(NOTHING_THERE)
    change = form.change()
    path = addresses.requests(here.organization.slug, here.deployment.slug)
    behind = Behind(path, Span(facts.first, facts.last, facts.environment), here.zone)
    return pages.shown(answer_to(facts, change), facts, behind=behind.at(**_filters(change))), ""


def _filters(change: Change) -> dict[str, str]:
    """Of the page of requests; it knows none for requests without a task."""
    match change:
        case Move(task, _):
            return {"task": task or ""}
        case Cap(_, route):
            return {"again": RETRIED, **({"route": route} if route else {})}
        case Fallback(_, route):
            return {"again": FALLBACK, **({"route": route} if route else {})}
        case Drop(provider, _):
            return {"provider": provider}
        case Add():
            return {}
        case PriceChange(provider, model, _):
            return {"provider": provider, **({"model": model} if model else {})}


def fixes_at(here: HereAtDeployment) -> FixesSection:
    slug, name = here.organization.slug, here.deployment.slug
    return fixes_section(
        advice_of(organization_id=here.organization.pk, deployment_id=here.deployment.pk),
        requests=addresses.requests(slug, name),
        what_if=addresses.what_if(slug, name),
        zone=here.zone,
    )
