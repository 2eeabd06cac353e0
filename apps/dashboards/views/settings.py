"""Settings of a deployment: what is declared, from a date on, and whether it contributes."""

from datetime import UTC

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.dashboards import addresses
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.declaration import Declare, as_declared
from apps.dashboards.forms.trace_link import TraceLink
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import settings
from apps.deployments.create import set_contribution, set_trace_link
from apps.deployments.declare import declare
from apps.deployments.queries import assumptions_of, assumptions_on
from apps.organizations.models import Role

TRACE_LINK = "trace-link"
"""The deed of the second form of the page."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings_of(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    viewer = request.POST.get("deed") == TRACE_LINK
    form, trace_link = _form(request, here, posted=not viewer), _trace_link(request, here, posted=viewer)
    if viewer and trace_link.is_valid():
        template = trace_link.cleaned_data["trace_link"]
        set_trace_link(deployment=here.deployment, template=template, now=here.now, actor=here.user)
        said = _("Requests lead to your trace viewer.") if template else _("Requests lead nowhere else.")
        messages.success(request, said)
        return redirect(addresses.settings(organization, deployment))
    if not viewer and form.is_valid() and _declare(here, form):
        said = _("Declared. What it changes is being computed again, and shows within a minute.")
        messages.success(request, said)
        return redirect(addresses.settings(organization, deployment))
    shown = {"page": _page(here), "form": form, "viewer": trace_link}
    return render(request, "dashboards/settings.html", shown)


@require_POST
@login_required
def contribution(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(request, organization, deployment, role=Role.EDITOR)
    contributes = request.POST.get("contributes") == "yes"
    set_contribution(deployment=here.deployment, contributes=contributes, now=here.now, actor=here.user)
    joined = _("It contributes, from the next freeze on: Monday 00:30 UTC.")
    left = _("It no longer contributes, from the next freeze on: Monday 00:30 UTC.")
    messages.success(request, joined if contributes else left)
    return redirect(addresses.settings(organization, deployment))


def _trace_link(request: HttpRequest, here: HereAtDeployment, *, posted: bool) -> TraceLink:
    return TraceLink(request.POST if posted else None, initial={"trace_link": here.deployment.trace_link})


def _form(request: HttpRequest, here: HereAtDeployment, *, posted: bool) -> Declare:
    today = here.now.astimezone(UTC).date()
    initial = as_declared(assumptions_on(here.deployment, today), today=today)
    return Declare((request.POST or None) if posted else None, initial=initial, today=today)


def _declare(here: HereAtDeployment, form: Declare) -> bool:
    try:
        with transaction.atomic():
            declare(
                deployment=here.deployment,
                declaration=form.declaration(),
                effective_from=form.cleaned_data["effective_from"],
                now=here.now,
                actor=here.user,
            )
    except ValidationError as refused:
        form.add_error(None, refused.messages)
        return False
    return True


def _page(here: HereAtDeployment) -> settings.Settings:
    return settings.build(
        assumptions_of(here.deployment),
        frame=around_deployment(here, page="settings"),
        name=here.deployment.name,
        contributes=here.deployment.contributes,
        contribution=reverse("contribution", args=[here.organization.slug, here.deployment.slug]),
        may_change=here.may(Role.EDITOR),
        trace_link=here.deployment.trace_link,
        today=here.now.astimezone(UTC).date(),
    )
