"""How good must an answer be? Thresholds of tasks, tried before they are set, and their place in the taxonomy."""

from datetime import UTC, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses, replica
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.tasks import KindForm, ThresholdForm
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages.span import words
from apps.dashboards.pages.tasks import TasksPage, build
from apps.dashboards.queries.providers import Serves, serves_of
from apps.dashboards.queries.span import Span
from apps.deployments.relabel import declare_kinds
from apps.organizations.models import Role
from apps.quality.thresholds import declare_threshold

DAYS = 28


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@replica.reads
def tasks(request: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    """A post with `deed` try looks at a threshold, set puts it in force, kind says what the task is."""
    needed = Role.EDITOR if request.method == "POST" else Role.VIEWER
    here = at_deployment(request, organization, deployment, role=needed)
    deed, task = request.POST.get("deed", ""), request.POST.get("task") or request.GET.get("task", "")
    found = _found(here)
    threshold, kind = _forms(request, here, task, found.thresholds.get(task), found.kinds.get(task, ""))
    if (deed == "set" and threshold.is_valid() and _set(here, threshold)) or (
        deed == "kind" and kind.is_valid() and _name(here, kind)
    ):
        computed = _("It is set. What it changes is being computed again, and shows within a few minutes.")
        messages.success(request, computed if deed == "set" else _("It is said."))
        return redirect(addresses.tasks(organization, deployment))
    tried = (task, threshold.micro) if deed == "try" and threshold.is_valid() else None
    page = _page(here, found, task, tried)
    return render(request, "dashboards/tasks.html", {"page": page, "threshold": threshold, "kind": kind})


def _forms(
    request: HttpRequest, here: HereAtDeployment, task: str, in_force: int | None, taxonomy: str
) -> tuple[ThresholdForm, KindForm]:
    today, deed = here.now.astimezone(UTC).date(), request.POST.get("deed", "")
    quality = "" if in_force is None else f"{in_force / 1_000_000:g}"
    initial: dict[str, Any] = {"task": task, "effective_from": today, "quality": quality}
    threshold = ThresholdForm(request.POST if deed in ("set", "try") else None, today=today, initial=initial)
    said = {"task": task, "taxonomy": taxonomy}
    return threshold, KindForm(request.POST if deed == "kind" else None, initial=said, auto_id="kind_%s")


def _set(here: HereAtDeployment, form: ThresholdForm) -> bool:
    told = form.cleaned_data
    with transaction.atomic():
        declare_threshold(
            deployment=here.deployment,
            task=told["task"],
            quality=told["quality"],
            effective_from=told["effective_from"],
            now=here.now,
            actor=here.user,
        )
    return True


def _name(here: HereAtDeployment, form: KindForm) -> bool:
    told = form.cleaned_data
    with transaction.atomic():
        declare_kinds(deployment=here.deployment, kinds={told["task"]: told["taxonomy"]}, now=here.now, actor=here.user)
    return True


def _page(here: HereAtDeployment, found: Serves, task: str, tried: tuple[str, int | None] | None) -> TasksPage:
    slug, name = here.organization.slug, here.deployment.slug
    return build(
        found,
        found.kinds,
        asked=task,
        tried=tried,
        address=addresses.tasks(slug, name),
        now=here.now,
        frame=around_deployment(here, page="tasks", window=words(found.span)),
        name=here.deployment.name,
        may_change=here.may(Role.EDITOR),
        rules=addresses.rules(slug, name),
        replay_sets=addresses.replay_sets(slug, name),
        providers=addresses.providers(slug, name),
    )


def _found(here: HereAtDeployment) -> Serves:
    """The last 28 days with today, in every environment."""
    today = here.now.astimezone(UTC).date()
    return serves_of(here.deployment, Span(today - timedelta(days=DAYS - 1), today, None), now=here.now)
