"""What do your replay sets say? And handing one over."""

from fractions import Fraction
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses
from apps.dashboards.door import HereAtDeployment, at_deployment
from apps.dashboards.forms.replay_sets import AskSet, HandOverSet
from apps.dashboards.frame import around_deployment
from apps.dashboards.pages import replay_sets as pages
from apps.dashboards.pages.files import OPEN, row_of
from apps.ingest import hints
from apps.ingest.files import dialects, hand_over, storage
from apps.ingest.models import Import
from apps.ingest.refusals import PostError
from apps.ingest.resolve import Owner
from apps.organizations.models import Role
from apps.quality.sets import Listed, ReplaySet, listed_sets, replay_sets
from apps.rollups.prices import book_or_empty

MOST_FILES = 5


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def replay_sets_of(http: HttpRequest, organization: str, deployment: str) -> HttpResponse:
    posted = http.method == "POST"
    here = at_deployment(http, organization, deployment, role=Role.EDITOR if posted else Role.VIEWER)
    form = HandOverSet(http.POST, http.FILES) if posted else HandOverSet(initial={"name": http.GET.get("set", "")})
    if form.is_valid():
        one = _hand_over(http, here, form)
        if one is not None:
            return redirect(addresses.file(organization, deployment, one.key))
    asked = AskSet(http.GET)
    return render(http, "dashboards/replay_sets.html", {"page": _page(here, asked), "form": form, "asked": asked})


def _page(here: HereAtDeployment, asked: AskSet) -> pages.ReplaySetsPage:
    slug, name = here.organization.slug, here.deployment.slug
    listed = listed_sets(here.deployment.pk)
    path = addresses.replay_sets(slug, name)
    files = list(
        Import.objects.filter(deployment_id=here.deployment.pk, dialect=dialects.OUTCOMES).order_by("-created_at")[
            :MOST_FILES
        ]
    )
    return pages.build(
        listed,
        _chosen(here, listed, asked),
        frame=around_deployment(here, page="providers"),
        name=here.deployment.name,
        address=lambda one: f"{path}?{urlencode({'set': one})}",
        solved_at=asked.solved(),
        asked=asked.accuracy(),
        may_change=here.may(Role.EDITOR),
        files=[row_of(one, addresses.file(slug, name, one.key), here.zone) for one in files],
        waiting=any(one.state in OPEN for one in files),
        providers=addresses.providers(slug, name),
        zone=here.zone,
    )


def _chosen(here: HereAtDeployment, listed: list[Listed], asked: AskSet) -> ReplaySet | None:
    """The set that the address names, else the newest."""
    named = asked.cleaned_data.get("set") if asked.is_valid() else ""
    name = next((one.name for one in listed if one.name == named), listed[0].name if listed else None)
    if name is None:
        return None
    accuracy = asked.accuracy()
    found = replay_sets(
        here.deployment.pk,
        book=book_or_empty(),
        name=name,
        solved_at=float(asked.solved()),
        quality=None if accuracy is None else Fraction(accuracy),
    )
    return found[0] if found else None


def _hand_over(http: HttpRequest, here: HereAtDeployment, form: HandOverSet) -> Import | None:
    """None when it was refused; then the form says why."""
    sent = form.cleaned_data["file"]
    try:
        one, fresh = hand_over.hand_over(
            owner=Owner(here.organization.pk, here.deployment.pk),
            stored=storage.store(sent.chunks(), most=settings.UPLOAD_BYTES),
            name=sent.name,
            now=here.now,
            replay_set=form.cleaned_data["name"],
            actor=here.user,
        )
    except PostError as error:
        form.add_error("file", error.message)
        return None
    if fresh:
        transaction.on_commit(partial(hints.read_soon, one.organization_id, one.pk))
    else:
        messages.info(http, _("This very file was handed over before: nothing is done a second time."))
    return one
