"""Files of a deployment: hand one over, watch it, name its columns, stop it, go on, fetch what was not taken."""

import csv
from functools import partial
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.dashboards import addresses
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.files import Columns, HandOver
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import files as pages
from apps.ingest import hints
from apps.ingest.files import hand_over, storage
from apps.ingest.files.faults import FileFault
from apps.ingest.files.rows import column_names, rows_of
from apps.ingest.files.run import file_of
from apps.ingest.files.shape import Shape
from apps.ingest.models import Import, ImportFault
from apps.ingest.refusals import PostError
from apps.ingest.resolve import Owner
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def files_of(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    posted = request.method == "POST"
    here = at_deployment(request, organization, deployment, role=Role.EDITOR if posted else Role.VIEWER)
    form = HandOver(request.POST, request.FILES) if posted else HandOver()
    if form.is_valid():
        one = _hand_over(request, here, form)
        if one is not None:
            return redirect(addresses.file(organization, deployment, one.key))
    page = pages.build_list(
        _own(here).select_related("created_by"),
        frame=around_deployment(here, page="files"),
        name=here.deployment.name,
        number=request.GET.get("page", "1"),
        may_change=here.may(Role.EDITOR),
        largest=settings.UPLOAD_BYTES,
        address=lambda one: addresses.file(organization, deployment, one.key),
        zone=here.zone,
    )
    return render(request, "dashboards/files.html", {"page": page, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def file(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponse:
    """A post says which column is what."""
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    one = _one(here, key)
    names = _names(one) if one.state == Import.State.COLUMNS else ()
    form = Columns(request.POST or None, names=names) if names and here.may(Role.EDITOR) else None
    if form is not None and form.is_valid() and hand_over.name_columns(one, form.mapping()):
        _soon(one)
        return redirect(addresses.file(organization, deployment, key))
    return render(request, "dashboards/file.html", {"page": _page(here, one, names), "form": form})


@require_POST
@login_required
def stop(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponse:
    here = at_deployment(request, organization, deployment, role=Role.EDITOR)
    hand_over.cancel(_one(here, key), now=here.now)
    return redirect(addresses.file(organization, deployment, key))


@require_POST
@login_required
def go_on(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponse:
    here = at_deployment(request, organization, deployment, role=Role.EDITOR)
    one = _one(here, key)
    if hand_over.resume(one):
        _soon(one)
    return redirect(addresses.file(organization, deployment, key))


@require_safe
@login_required
@never_cache
def report(request: HttpRequest, organization: str, deployment: str, key: UUID) -> HttpResponse:
    """Rows that were not taken, as a table."""
    one = _one(at_deployment(request, organization, deployment), key)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="not-taken-{one.key}.csv"'
    writer = csv.writer(response)
    writer.writerow(["row", "code", "why"])
    for row, code, message in ImportFault.objects.filter(of=one).order_by("row").values_list("row", "code", "message"):
        writer.writerow([row, pages.as_cell(code), pages.as_cell(message)])
    return response


def _own(here: HereAtDeployment) -> QuerySet[Import]:
    return Import.objects.filter(organization_id=here.organization.pk, deployment_id=here.deployment.pk)


def _one(here: HereAtDeployment, key: UUID) -> Import:
    return get_object_or_404(_own(here).select_related("created_by"), key=key)


def _hand_over(request: HttpRequest, here: HereAtDeployment, form: HandOver) -> Import | None:
    """None when it was refused; then the form says why."""
    sent = form.cleaned_data["file"]
    try:
        stored = storage.store(sent.chunks(), most=settings.UPLOAD_BYTES)
        one, fresh = hand_over.hand_over(
            owner=Owner(here.organization.pk, here.deployment.pk),
            stored=stored,
            name=sent.name,
            now=here.now,
            actor=here.user,
        )
    except PostError as error:
        form.add_error("file", error.message)
        return None
    if fresh:
        _soon(one)
    else:
        messages.info(request, _("This very file was handed over before: nothing is done a second time."))
    return one


def _soon(one: Import) -> None:
    transaction.on_commit(partial(hints.read_soon, one.organization_id, one.pk))


def _page(here: HereAtDeployment, one: Import, names: tuple[str, ...]) -> pages.FilePage:
    slug, name = here.organization.slug, here.deployment.slug
    faults = ImportFault.objects.filter(of=one).order_by("row").values_list("row", "message")
    return pages.build_file(
        one,
        frame=around_deployment(here, page="files"),
        faults=list(faults[: pages.SHOWN_FAULTS]),
        may_change=here.may(Role.EDITOR),
        here=file_of(one) is not None,
        address=lambda deed: reverse(deed, args=[slug, name, one.key]),
        back=addresses.files(slug, name),
        preview=_preview(one, names) if names else None,
        zone=here.zone,
    )


def _names(one: Import) -> tuple[str, ...]:
    path = file_of(one)
    try:
        return column_names(path, _shape(one)) if path else ()
    except FileFault:
        return ()


def _preview(one: Import, names: tuple[str, ...]) -> pages.Preview | None:
    """The first rows, from the file itself: nothing of them is stored."""
    path = file_of(one)
    if path is None:
        return None
    try:
        rows = [row.values for row in islice(rows_of(path, _shape(one), named=names), pages.PREVIEW_ROWS)]
    except FileFault:
        return None
    return pages.preview_of(names, rows)


def _shape(one: Import) -> Shape:
    return Shape(one.packing, one.format)  # type: ignore[arg-type]  # as it was recognised
