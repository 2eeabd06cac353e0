"""Who belongs to an organization."""

from django.core import mail
from pytest_django.fixtures import Settings

from apps.organizations.models import Role
from tests.dashboards.tenants import Acme, member
from tests.names import unique


def test_somebody_without_an_account_is_added_and_told_how_to_sign_in(place: Acme, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    email = f"{unique('new')}@example.com"
    answer = place.client().post(place.at("-/members"), {"email": email, "role": "viewer"}, follow=True)
    assert f"{email} is a member now" in answer.content.decode()
    [message] = mail.outbox
    assert message.to == [email]
    assert "/accounts/password/reset/" in message.body
    assert place.client(email).get(place.at("")).status_code == 200


def test_adding_a_member_twice_changes_nothing(place: Acme) -> None:
    email = member(place, Role.EDITOR)
    answer = place.client().post(place.at("-/members"), {"email": email.upper(), "role": "viewer"}, follow=True)
    assert "is a member already" in answer.content.decode()
    [row] = [one for one in answer.context["page"].rows if one.name == email]
    assert row.role == "editor"


def test_a_broken_address_is_refused_with_what_to_do(place: Acme) -> None:
    answer = place.client().post(place.at("-/members"), {"email": "ines", "role": "viewer"})
    assert "Write the whole address" in answer.content.decode()


def test_the_last_owner_can_neither_leave_nor_step_down(place: Acme) -> None:
    client = place.client()
    [row] = client.get(place.at("-/members")).context["page"].rows
    assert "at least one owner" in client.post(row.change, {"role": "viewer"}, follow=True).content.decode()
    client.post(row.remove)
    assert client.get(place.at("-/members")).status_code == 200


def test_a_role_is_changed(place: Acme) -> None:
    email = member(place, Role.VIEWER)
    client = place.client()
    [row] = [one for one in client.get(place.at("-/members")).context["page"].rows if one.name == email]
    client.post(row.change, {"role": "owner"})
    assert place.client(email).get(place.at("-/members")).status_code == 200


def test_who_is_removed_sees_nothing_any_more(place: Acme) -> None:
    email = member(place, Role.VIEWER)
    client, removed = place.client(), place.client(email)
    [row] = [one for one in client.get(place.at("-/members")).context["page"].rows if one.name == email]
    assert b"Keys and tokens" in client.get(row.remove).content
    client.post(row.remove)
    assert removed.get(place.at("")).status_code == 404
