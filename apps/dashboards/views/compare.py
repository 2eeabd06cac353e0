"""What changed? And what happened: marks on the charts, added and removed by hand."""

from datetime import UTC
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.dashboards import addresses, replica
from apps.dashboards.asked import without_empty
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.annotation import Annotate
from apps.dashboards.forms.compare import DAYS, DEPLOYMENTS, POLICIES, WAYS, CompareFilter
from apps.dashboards.frame import Link, around_deployment
from apps.dashboards.pages import compare as pages
from apps.dashboards.queries.compare import Side, annotations_of, compare, policies_of
from apps.dashboards.queries.span import Span
from apps.deployments.annotate import annotate, withdraw
from apps.deployments.models import Annotation
from apps.organizations.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@replica.reads
def compared(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    needed = Role.EDITOR if http.method == "POST" else Role.VIEWER
    here = at_deployment(http, organization, deployment, role=needed)
    if http.method != "POST" and (shorter := without_empty(http)) is not None:
        return redirect(shorter)
    form = Annotate(http.POST or None, zone=here.zone, now=here.now, initial={"at": pages.moment(here.now, here.zone)})
    if form.is_valid():
        new = annotate(
            deployment=here.deployment,
            kind=Annotation.Kind(form.cleaned_data["kind"]),
            label=form.cleaned_data["label"],
            at=form.cleaned_data["at"],
            now=here.now,
            actor=here.user,
        )
        messages.success(http, _("Marked: charts show it from now on.") if new else _("That was marked already."))
        return redirect(http.get_full_path())
    return render(http, "dashboards/compare.html", {"page": _page(http, here, form)})


@require_POST
@login_required
def unmark(http: HttpRequest, organization: str, deployment: str, mark: int) -> HttpResponse:
    here = at_deployment(http, organization, deployment, role=Role.EDITOR)
    found = get_object_or_404(Annotation.objects.filter(deployment=here.deployment), pk=mark)
    withdraw(annotation=found, now=here.now, actor=here.user)
    messages.success(http, _("The mark is gone."))
    return redirect(addresses.compare(organization, deployment))


def _page(http: HttpRequest, here: HereAtDeployment, annotate_form: Annotate) -> pages.ComparePage:
    path = addresses.compare(here.organization.slug, here.deployment.slug)
    by = http.GET.get("by", DAYS)
    by = by if by in WAYS else DAYS
    form = CompareFilter(http.GET, by=by, today=here.now.astimezone(UTC).date())
    missing = _offer(form, here, by)
    shown, events = None, []
    if not missing and form.is_valid():
        one, other = _sides(form, here, by)
        events = annotations_of(here.deployment, _around(one.span, other.span))
        names = pages.name_of(one, by=by), pages.name_of(other, by=by)
        shown = pages.shown(compare(one, other, now=here.now), one, other, names, events)
    return pages.ComparePage(
        frame=around_deployment(here, page="compare"),
        name=here.deployment.name,
        ways=tuple(
            Link(str(name), path if way == DAYS else f"{path}?by={way}", way == by) for way, name in WAYS.items()
        ),
        form=form,
        shown=shown,
        missing=missing,
        marks=pages.marks(events, here.zone),
        annotate=annotate_form,
        may_change=here.may(Role.EDITOR),
    )


def _offer(form: CompareFilter, here: HereAtDeployment, by: str) -> str:
    """Fills the lists of the form; why there is nothing to choose from, or nothing."""
    if by == POLICIES:
        return _offer_policies(form, here)
    if by == DEPLOYMENTS:
        others = [(one.slug, one.name) for one in here.deployments if one.pk != here.deployment.pk]
        form.offer("other", others)
        return "" if others else _("There is one deployment alone. Add another, and they can be compared here.")
    return ""


def _offer_policies(form: CompareFilter, here: HereAtDeployment) -> str:
    if not form.is_valid() and form.errors.keys() & {"start", "end", "environment"}:
        return ""
    known = policies_of(here.deployment, form.span())
    choices = [(name, f"{name} ({count:,})") for name, count in known.items()]
    form.offer("policy", choices)
    form.offer("other_policy", choices)
    form.full_clean()
    if len(choices) < 2:
        return _("These days have fewer than two policies. Requests name theirs in the field policy.")
    return ""


def _sides(form: CompareFilter, here: HereAtDeployment, by: str) -> tuple[Side, Side]:
    """What is compared with, and what is looked at."""
    span, said = form.span(), form.cleaned_data
    if by == DAYS:
        return Side(here.deployment, form.span_before()), Side(here.deployment, span)
    if by == POLICIES:
        policy = _chosen(form, "policy")
        other = _chosen(form, "other_policy", but=policy)
        return Side(here.deployment, span, other), Side(here.deployment, span, policy)
    slug = said.get("other") or _chosen(form, "other")
    other_one = next(one for one in here.deployments if one.slug == slug)
    return Side(other_one, span), Side(here.deployment, span)


def _chosen(form: CompareFilter, name: str, *, but: str = "") -> str:
    """What was asked for, or the first of the list."""
    field: Any = form.fields[name]
    return form.cleaned_data.get(name) or next(str(value) for value, *_name in field.choices if value != but)


def _around(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end), other.environment)
