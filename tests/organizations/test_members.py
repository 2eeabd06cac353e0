import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError
from django.http import Http404
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.people import ensure_user
from apps.deployments.provision import provision
from apps.organizations import access, members
from apps.organizations.models import AuditEvent, Membership, Organization, Role
from tests.connections import acting_as
from tests.names import unique

pytestmark = pytest.mark.usefixtures("as_worker")


def an_organization() -> tuple[Organization, User]:
    slug = unique("members")
    provision(organization=slug, deployment="chat", email=f"{slug}@example.com", password=None, now=timezone.now())
    return Organization.objects.get(slug=slug), User.objects.get(email=f"{slug}@example.com")


def someone() -> User:
    return ensure_user(email=f"{unique('someone')}@example.com")[0]


def test_an_address_is_one_person_whatever_its_capitals() -> None:
    address = f"{unique('person')}@example.com"
    user, made = ensure_user(email=address.upper(), password="a long password")
    assert made
    assert ensure_user(email=address) == (user, False)
    assert user.check_password("a long password")


def test_the_last_owner_cannot_leave_or_step_down() -> None:
    organization, owner = an_organization()
    with access.scope(organization.pk):
        membership = Membership.objects.get(user=owner)
        with pytest.raises(ValidationError, match="at least one owner"):
            members.leave(membership=membership, now=timezone.now(), actor=owner)
        with pytest.raises(ValidationError, match="at least one owner"):
            members.change_role(membership=membership, role=Role.VIEWER, now=timezone.now(), actor=owner)


def test_an_owner_may_leave_once_there_is_another() -> None:
    organization, owner = an_organization()
    other = someone()
    with access.scope(organization.pk):
        members.join(organization=organization, user=other, role=Role.OWNER, now=timezone.now(), actor=owner)
        members.leave(membership=Membership.objects.get(user=owner), now=timezone.now(), actor=owner)
        assert [membership.user for membership in Membership.objects.all()] == [other]
        assert {"member.joined", "member.left"} <= set(AuditEvent.objects.values_list("verb", flat=True))


def test_a_stranger_and_a_name_that_does_not_exist_get_the_same_answer() -> None:
    organization, _ = an_organization()
    stranger = someone()
    answers = []
    for slug in (organization.slug, unique("nobody")):
        with acting_as("web"), access.user_scope(stranger.pk), pytest.raises(Http404) as refusal:
            access.enter(stranger, slug)
        answers.append(str(refusal.value))
    assert answers[0] == answers[1]


def test_entering_opens_the_one_organization_that_a_membership_leads_to() -> None:
    organization, owner = an_organization()
    other, stranger = an_organization()
    with acting_as("web"), access.user_scope(owner.pk):
        with pytest.raises(Http404):
            access.enter(owner, other.slug)
        assert AuditEvent.objects.count() == 0
        entry = access.enter(owner, organization.slug)
        assert {one.organization_id for one in AuditEvent.objects.all()} == {organization.pk}
        assert [one.organization for one in entry.memberships] == [organization]
        with pytest.raises(Http404):
            access.enter(stranger, organization.slug)
    with acting_as("web"), pytest.raises(RuntimeError, match="outside a transaction"):
        access.enter(owner, organization.slug)


def test_a_viewer_may_not_do_what_an_editor_may() -> None:
    organization, owner = an_organization()
    viewer = someone()
    with access.scope(organization.pk):
        members.join(organization=organization, user=viewer, role=Role.VIEWER, now=timezone.now(), actor=owner)
        with pytest.raises(PermissionDenied, match="editor"):
            access.enter(viewer, organization.slug, role=Role.EDITOR)
        assert access.enter(owner, organization.slug, role=Role.EDITOR).organization == organization


def test_the_audit_trail_cannot_be_rewritten() -> None:
    organization, _ = an_organization()
    with pytest.raises(ProgrammingError, match="permission denied"), access.scope(organization.pk):
        AuditEvent.objects.update(verb="nothing.happened")
