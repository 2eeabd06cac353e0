"""Ingestion keys of a deployment: list, make, revoke."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.keys import Label
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import keys
from apps.dashboards.pages.confirm import Confirm
from apps.deployments import ingest_keys
from apps.deployments.models import IngestKey
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def keys_of(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """Making a key answers with the page itself, since its text is kept nowhere, not even for one redirect."""
    here = at_deployment(request, organization, deployment, role=_needed(request))
    form = Label(request.POST or None)
    fresh = _issue(here, form) if form.is_valid() else ""
    page = _page(here, number=request.GET.get("page", "1"), fresh=fresh)
    return render(request, "dashboards/keys.html", {"page": page, "form": Label() if fresh else form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, organization: str, deployment: str, key_id: str) -> HttpResponse:
    here = at_deployment(request, organization, deployment, role=Role.EDITOR)
    key = get_object_or_404(IngestKey, deployment=here.deployment, key_id=key_id)
    if request.method == "POST":
        ingest_keys.revoke(key=key, now=here.now, actor=here.user)
        said = _("{name} is revoked. What it still sends is refused from now on.")
        messages.success(request, said.format(name=key.label))
        return redirect(addresses.keys(organization, deployment))
    return render(request, "dashboards/confirm.html", {"page": _confirm(here, key)})


def _needed(request: HttpRequest) -> Role:
    return Role.EDITOR if request.method == "POST" else Role.VIEWER


def _issue(here: HereAtDeployment, form: Label) -> str:
    return ingest_keys.issue(
        deployment=here.deployment, label=form.cleaned_data["label"], now=here.now, actor=here.user
    )[1]


def _page(here: HereAtDeployment, *, number: str, fresh: str) -> keys.Keys:
    stored = IngestKey.objects.filter(deployment=here.deployment).select_related("created_by")
    return keys.build(
        stored,
        frame=around_deployment(here, page="keys"),
        number=number,
        fresh=fresh,
        may_change=here.may(Role.EDITOR),
        revoke=lambda key_id: reverse("revoke-key", args=[here.organization.slug, here.deployment.slug, key_id]),
        zone=here.zone,
        now=here.now,
    )


def _confirm(here: HereAtDeployment, key: IngestKey) -> Confirm:
    consequence = _(
        "Whatever reports to {deployment} with {key} is refused within five seconds, and its exporter drops what it cannot "
        "deliver. What was stored stays. This cannot be undone."
    )
    return Confirm(
        frame=around_deployment(here, page="keys"),
        question=_("Revoke {name}?").format(name=key.label),
        consequence=consequence.format(deployment=here.deployment.name, key=f"tmk_{key.key_id}_…{key.last_four}"),
        deed=_("Revoke the key"),
        back=addresses.keys(here.organization.slug, here.deployment.slug),
    )
