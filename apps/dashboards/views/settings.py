"""Settings of a deployment: what is declared, from a date on, and whether it contributes."""

from datetime import UTC

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.dashboards import addresses
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.declaration import Declare, as_declared
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import settings
from apps.deployments.create import set_contribution
from apps.deployments.declare import declare
from apps.deployments.queries import assumptions_of, assumptions_on
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings_of(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    form = _form(request, here)
    if form.is_valid() and _declare(here, form):
        messages.success(request, "Declared. What it changes is being computed again, and shows within a minute.")
        return redirect(addresses.settings(organization, deployment))
    return render(request, "dashboards/settings.html", {"page": _page(here), "form": form})


@require_POST
@login_required
def contribution(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    here = at_deployment(request, organization, deployment, role=Role.EDITOR)
    contributes = request.POST.get("contributes") == "yes"
    set_contribution(deployment=here.deployment, contributes=contributes, now=here.now, actor=here.user)
    said = "It contributes" if contributes else "It no longer contributes"
    messages.success(request, f"{said}, from the next freeze on: Monday 00:30 UTC.")
    return redirect(addresses.settings(organization, deployment))


def _form(request: HttpRequest, here: HereAtDeployment) -> Declare:
    today = here.now.astimezone(UTC).date()
    initial = as_declared(assumptions_on(here.deployment, today), today=today)
    return Declare(request.POST or None, initial=initial, today=today)


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
        today=here.now.astimezone(UTC).date(),
    )
