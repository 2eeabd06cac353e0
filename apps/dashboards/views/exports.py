"""Exports of requests: begin one from a filter, watch it, fetch it, stop it."""

from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.dashboards import addresses
from apps.dashboards.clock import ZONE
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.exports import begin as exports
from apps.dashboards.forms.requests import RequestFilter
from apps.dashboards.frame import around_deployment
from apps.dashboards.models import RequestExport
from apps.dashboards.pages import exports as pages
from apps.ingest import hints
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def exports_of(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """A post begins one, with the filter of the page it comes from; one that cannot be answered says so there."""
    here = at_deployment(request, organization, deployment)
    if request.method == "POST":
        return _begin(request, here)
    page = pages.build_list(
        exports.exports_of(here.deployment).select_related("created_by"),
        frame=around_deployment(here, page="requests"),
        name=here.deployment.name,
        number=request.GET.get("page", "1"),
        address=lambda one: addresses.export(organization, deployment, one.key),
        requests=addresses.requests(organization, deployment),
        zone=here.zone,
        now=here.now,
    )
    return render(request, "dashboards/exports.html", {"page": page})


@require_safe
@login_required
@never_cache
def export(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponse:
    here = at_deployment(request, organization, deployment)
    one = _one(here, key)
    page = pages.build(
        one,
        frame=around_deployment(here, page="requests"),
        may_stop=_may_stop(here, one),
        address=lambda deed: reverse(deed, args=[organization, deployment, key]),
        back=addresses.exports(organization, deployment),
        requests=addresses.requests(organization, deployment),
        zone=here.zone,
        now=here.now,
    )
    return render(request, "dashboards/export.html", {"page": page})


@require_POST
@login_required
def stop(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponse:
    """One's own; those of others need an editor."""
    here = at_deployment(request, organization, deployment)
    one = _one(here, key)
    if not _may_stop(here, one):
        here.entry.require(Role.EDITOR)
    exports.cancel(one, here.organization, now=here.now, actor=here.user)
    return redirect(addresses.export(organization, deployment, key))


@require_safe
@login_required
@never_cache
def file(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponseBase:
    here = at_deployment(request, organization, deployment)
    one = _one(here, key)
    if one.state != RequestExport.State.DONE or one.expires_at <= here.now:
        raise Http404("No such file.")
    pieces = (
        exports.fetch(one, here.organization, now=here.now, actor=here.user) if request.method == "GET" else iter(())
    )
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8; header=present")
    answer["Content-Disposition"] = f'attachment; filename="requests-{here.deployment.slug}-{one.since:%Y%m%d}.csv"'
    answer["Content-Length"] = str(one.size)
    return answer


def _begin(request: HttpRequest, here: HereAtDeployment) -> HttpResponse:
    said = {name: str(request.POST[name]) for name in RequestFilter.base_fields if request.POST.get(name)}
    said[ZONE] = here.zone.key
    with timezone.override(here.zone):
        form = RequestFilter(said, now=here.now)
        if not form.is_valid():
            return redirect(f"{addresses.requests(here.organization.slug, here.deployment.slug)}?{urlencode(said)}")
        asked = form.asked()
    try:
        one = exports.begin(
            deployment=here.deployment, asked=asked, said=urlencode(said), now=here.now, actor=here.user
        )
    except exports.TooMany:
        full = _("{number} files are being written already: wait for one of them, or cancel it.")
        messages.error(request, full.format(number=exports.MOST_OPEN))
        return redirect(addresses.exports(here.organization.slug, here.deployment.slug))
    transaction.on_commit(partial(_soon, one.organization_id, one.pk))
    return redirect(addresses.export(here.organization.slug, here.deployment.slug, one.key))


def _soon(organization_id: int, export_id: int) -> None:
    from apps.dashboards.tasks import write_export

    hints.send_or_leave(lambda: write_export.delay(organization_id, export_id))


def _one(here: HereAtDeployment, key: UUID) -> RequestExport:
    return get_object_or_404(exports.exports_of(here.deployment).select_related("created_by"), key=key)


def _may_stop(here: HereAtDeployment, one: RequestExport) -> bool:
    return one.created_by_id == here.user.pk or here.may(Role.EDITOR)
