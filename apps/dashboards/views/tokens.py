"""API tokens of an organization: list, make, revoke."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.dashboards import addresses
from apps.dashboards.door import Here, at_organization
from apps.dashboards.forms.keys import NewToken
from apps.dashboards.frame import around_organization
from apps.dashboards.pages import keys
from apps.dashboards.pages.confirm import Confirm
from apps.organizations import tokens
from apps.organizations.models import ApiToken, Role
from apps.organizations.scopes import stored


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tokens_of(request: HttpRequest, organization: str) -> HttpResponse:
    """Making a token answers with the page itself, since its text is kept nowhere, not even for one redirect."""
    here = at_organization(request, organization, role=Role.OWNER)
    form = NewToken(request.POST or None, deployments=here.deployments)
    fresh = _issue(here, form) if form.is_valid() else ""
    page = _page(here, number=request.GET.get("page", "1"), fresh=fresh)
    shown = NewToken(deployments=here.deployments) if fresh else form
    return render(request, "dashboards/tokens.html", {"page": page, "form": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: HttpRequest, organization: str, key_id: str) -> HttpResponse:
    here = at_organization(request, organization, role=Role.OWNER)
    token = get_object_or_404(ApiToken, organization=here.organization, key_id=key_id)
    if request.method == "POST":
        tokens.revoke(token=token, now=here.now, actor=here.user)
        messages.success(request, _("{name} is revoked.").format(name=token.label))
        return redirect(addresses.tokens(organization))
    return render(request, "dashboards/confirm.html", {"page": _confirm(here, token)})


def _issue(here: Here, form: NewToken) -> str:
    chosen = form.cleaned_data
    return tokens.issue(
        organization=here.organization,
        label=chosen["label"],
        now=here.now,
        actor=here.user,
        scopes=stored(chosen["scopes"]),
        deployment_ids=[int(one) for one in chosen.get("deployments", ())],
    )[1]


def _page(here: Here, *, number: str, fresh: str) -> keys.Keys:
    return keys.build(
        ApiToken.objects.filter(organization=here.organization).select_related("created_by"),
        frame=around_organization(here, page="tokens"),
        number=number,
        fresh=fresh,
        may_change=True,
        revoke=lambda key_id: reverse("revoke-token", args=[here.organization.slug, key_id]),
        zone=here.zone,
        now=here.now,
        names={one.pk: one.name for one in here.deployments},
    )


def _confirm(here: Here, token: ApiToken) -> Confirm:
    return Confirm(
        frame=around_organization(here, page="tokens"),
        question=_("Revoke {name}?").format(name=token.label),
        consequence=_("The program that reads with it is refused from its next request on. This cannot be undone."),
        deed=_("Revoke the token"),
        back=addresses.tokens(here.organization.slug),
    )
