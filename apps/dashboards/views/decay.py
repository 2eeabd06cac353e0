"""Do your rules still choose well? And since when they hold, declared by hand."""

from datetime import UTC

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses, replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.policy import DeclarePolicy
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import decay as pages
from apps.dashboards.queries.decay import decayed_of
from apps.dashboards.views.what_if import fixes_at
from apps.deployments.annotate import annotate
from apps.deployments.models import Annotation
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@replica.reads
def decay(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    needed = Role.EDITOR if http.method == "POST" else Role.VIEWER
    here = at_deployment(http, organization, deployment, role=needed)
    form = DeclarePolicy(http.POST or None, today=here.now.astimezone(UTC).date())
    if form.is_valid():
        new = annotate(
            deployment=here.deployment,
            kind=Annotation.Kind.POLICY,
            label=form.cleaned_data["label"],
            at=form.at(),
            now=here.now,
            actor=here.user,
        )
        messages.success(http, _("Declared: rates are told since then.") if new else _("That was declared already."))
        return redirect(addresses.decay(organization, deployment))
    return render(http, "dashboards/decay.html", {"page": _page(here, form)})


def _page(here: HereAtDeployment, form: DeclarePolicy) -> pages.DecayPage:
    slug, name = here.organization.slug, here.deployment.slug
    return pages.build(
        decayed_of(here.deployment, now=here.now),
        fixes_at(here),
        frame=around_deployment(here, page="decay"),
        name=here.deployment.name,
        form=form,
        may_change=here.may(Role.EDITOR),
        marks=f"{addresses.compare(slug, name)}#marks",
    )
