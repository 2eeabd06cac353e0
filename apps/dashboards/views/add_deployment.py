"""Adding a deployment."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses
from apps.dashboards.door import Here, at_organization
from apps.dashboards.forms.deployment import AddDeployment
from apps.dashboards.frame import around_organization
from apps.dashboards.pages.plain import Plain
from apps.deployments.create import create_deployment
from apps.deployments.models import Deployment
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest, organization: str) -> HttpResponse:
    here = at_organization(request, organization, role=Role.EDITOR)
    form = AddDeployment(request.POST or None)
    if form.is_valid() and (made := _make(here, form)):
        return redirect(addresses.deployment(organization, made.slug))
    page = Plain(around_organization(here, page="add"))
    return render(request, "dashboards/add_deployment.html", {"page": page, "form": form})


def _make(here: Here, form: AddDeployment) -> Deployment | None:
    """None when the slug is refused, which the form then says."""
    try:
        with transaction.atomic():
            return create_deployment(
                organization=here.organization,
                slug=form.cleaned_data["slug"],
                name=form.cleaned_data["name"],
                user_facing=form.cleaned_data["workload"] == "user-facing",
                contributes=form.cleaned_data["contributes"],
                now=here.now,
                actor=here.user,
            )
    except ValidationError as refused:
        taken = any(one.slug == form.cleaned_data["slug"] for one in here.deployments)
        said = (
            _("Another deployment of this organization has this short name: choose another.")
            if taken
            else refused.messages
        )
        form.add_error("slug" if taken else None, said)
        return None
