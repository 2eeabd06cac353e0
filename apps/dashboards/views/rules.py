"""Which task is a request of? Rules, tried on the last day's traffic before they hold for history."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.rules import APPLY, PREVIEW, Draft, drafted, posted
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.rules import RulesPage, build
from apps.deployments.labels import Labels
from apps.deployments.relabel import check, declare_labels, labels_of
from apps.organizations.models import Role
from apps.rollups.marks import hours_waiting
from apps.rollups.relabelled import Preview, preview


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rules(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """A post moves, adds or removes a line of the form, tries the lines, or puts them in force."""
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    held, deed = labels_of(here.deployment.pk), request.POST.get("deed", "")
    draft = posted(request.POST.dict()) if request.method == "POST" else drafted(held)
    errors = _wrong(draft.labels) if deed in (APPLY, PREVIEW) else []
    if deed == APPLY and not errors:
        _apply(request, here, draft.labels)
        return redirect(addresses.rules(organization, deployment))
    tried = _tried(here, held, draft.labels) if deed == PREVIEW and not errors else None
    return render(request, "dashboards/rules.html", {"page": _page(here, draft, held, errors, tried)})


def _wrong(labels: Labels) -> list[str]:
    try:
        check(labels)
    except ValidationError as refused:
        return refused.messages
    return []


def _apply(request: HttpRequest, here: HereAtDeployment, labels: Labels) -> None:
    with transaction.atomic():
        changed = declare_labels(deployment=here.deployment, labels=labels, now=here.now, actor=here.user)
    applied = _(
        "The rules hold for all of history. What they change is being computed again; this page says how much waits."
    )
    messages.success(request, applied if changed else _("These rules held already; nothing changed."))


def _tried(here: HereAtDeployment, held: Labels, labels: Labels) -> Preview:
    return preview(
        organization_id=here.organization.pk,
        deployment_id=here.deployment.pk,
        before=held,
        after=labels,
        now=here.now,
    )


def _page(here: HereAtDeployment, draft: Draft, held: Labels, errors: list[str], tried: Preview | None) -> RulesPage:
    return build(
        draft,
        held,
        stale_hours=hours_waiting(organization_id=here.organization.pk, deployment_id=here.deployment.pk),
        errors=errors,
        previewed=tried,
        frame=around_deployment(here, page="rules"),
        name=here.deployment.name,
        may_change=here.may(Role.EDITOR),
        tasks=addresses.tasks(here.organization.slug, here.deployment.slug),
        raw_days=settings.RAW_RETENTION_DAYS,
    )
