"""Members of an organization: list, add, change what they may do, remove."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.people import ensure_user
from apps.dashboards import addresses
from apps.dashboards.door import Here, at_organization
from apps.dashboards.forms.members import AddMember, ChangeRole
from apps.dashboards.frame import around_organization
from apps.dashboards.invitation import invite
from apps.dashboards.pages import members
from apps.dashboards.pages.confirm import Confirm
from apps.organizations.members import change_role, join, leave
from apps.organizations.models import Membership, Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def members_of(request: HttpRequest, organization: str) -> HttpResponse:
    here = at_organization(request, organization, role=Role.OWNER)
    form = AddMember(request.POST or None)
    if form.is_valid():
        messages.success(request, _add(here, form))
        return redirect(addresses.members(organization))
    page = _page(here, number=request.GET.get("page", "1"))
    return render(request, "dashboards/members.html", {"page": page, "form": form})


@require_POST
@login_required
def change(request: HttpRequest, organization: str, member: UUID) -> HttpResponse:
    here = at_organization(request, organization, role=Role.OWNER)
    membership = _membership(here, member)
    form = ChangeRole(request.POST)
    try:
        if form.is_valid():
            change_role(membership=membership, role=Role(form.cleaned_data["role"]), now=here.now, actor=here.user)
            messages.success(request, _now(membership))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(addresses.members(organization))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest, organization: str, member: UUID) -> HttpResponse:
    here = at_organization(request, organization, role=Role.OWNER)
    membership = _membership(here, member)
    if request.method != "POST":
        return render(request, "dashboards/confirm.html", {"page": _confirm(here, membership)})
    try:
        leave(membership=membership, now=here.now, actor=here.user)
        messages.success(request, _gone(here, membership))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(addresses.members(organization) if member != here.user.pk else reverse("start"))


def _add(here: Here, form: AddMember) -> str:
    """The answer does not tell whether the address had an account."""
    user = ensure_user(email=form.cleaned_data["email"])[0]
    role = Role(form.cleaned_data["role"])
    new = join(organization=here.organization, user=user, role=role, now=here.now, actor=here.user)[1]
    if not new:
        return _("{email} is a member already; change the role in the list.").format(email=user.email)
    invite(email=user.email, inviter=str(here.user), organization=here.organization.name)
    return _("{email} is a member now, and was told so by mail.").format(email=user.email)


def _now(membership: Membership) -> str:
    said = {
        Role.VIEWER: _("{name} is now viewer."),
        Role.EDITOR: _("{name} is now editor."),
        Role.OWNER: _("{name} is now owner."),
    }
    return said[Role(membership.role)].format(name=membership.user)


def _gone(here: Here, membership: Membership) -> str:
    said = _("{name} no longer belongs to {organization}.")
    return said.format(name=membership.user, organization=here.organization.name)


def _membership(here: Here, member: UUID) -> Membership:
    found = Membership.objects.filter(organization=here.organization).select_related("user", "organization")
    return get_object_or_404(found, user_id=member)


def _page(here: Here, *, number: str) -> members.Members:
    slug = here.organization.slug
    return members.build(
        list(Membership.objects.filter(organization=here.organization).select_related("user")),
        frame=around_organization(here, page="members"),
        number=number,
        you=here.user.pk,
        change=lambda member: reverse("change-member", args=[slug, member]),
        remove=lambda member: reverse("remove-member", args=[slug, member]),
        zone=here.zone,
    )


def _confirm(here: Here, membership: Membership) -> Confirm:
    return Confirm(
        frame=around_organization(here, page="members"),
        question=_("Remove {name} from {organization}?").format(
            name=membership.user, organization=here.organization.name
        ),
        consequence=_(
            "They can no longer see this organization, and receive no more of its weekly reports. Keys and tokens they made "
            "go on working: revoke those apart."
        ),
        deed=_("Remove the member"),
        back=addresses.members(here.organization.slug),
    )
