"""The link in the mail: a POST leaves it without a sign-in, looking at it changes nothing."""

import re

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.organizations import access
from apps.organizations.models import Membership
from apps.reports.unsubscribing import link, read
from tests.connections import acting_as
from tests.reports.members import Team, team

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def who() -> Team:
    with acting_as("worker"):
        return team(2)


def path(who: Team, member: int = 0) -> str:
    address = link(user=who.users[member], organization=who.organization.slug)
    return re.sub(r"^https?://[^/]+", "", address)


def wanted(who: Team) -> list[bool]:
    with acting_as("worker"), access.scope(who.organization.pk):
        rows = Membership.objects.filter(organization=who.organization).order_by("user__email")
        return list(rows.values_list("weekly_mail", flat=True))


def test_one_click_leaves_the_mail_of_that_member_alone(who: Team) -> None:
    """As a mail program does it: no cookies, no token against forgery, no redirect."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path(who), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "No more weekly mail" in answer.content.decode()
    assert wanted(who) == [False, True]


def test_twice_is_fine_and_it_can_be_taken_back(who: Team) -> None:
    for _ in range(2):
        assert Client().post(path(who)).status_code == 200
    assert wanted(who) == [False, True]
    assert "comes again" in Client().post(path(who), {"again": "1"}).content.decode()
    assert wanted(who) == [True, True]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(who: Team, method: str) -> None:
    """Scanners of mail fetch every link."""
    answer = getattr(Client(), method)(path(who))
    assert answer.status_code == 200
    assert wanted(who) == [True, True]


def test_the_page_shows_a_button_and_names_nobody(who: Team) -> None:
    page = Client().get(path(who)).content.decode()
    assert '<form method="post">' in page
    assert not any(name in page for name in (*who.addresses, who.organization.slug, who.organization.name))


def test_other_methods_are_refused(who: Team) -> None:
    assert Client().delete(path(who)).status_code == 405


def test_a_forged_or_outdated_token_is_answered_alike_and_does_nothing(who: Team) -> None:
    real = Client().post(path(who, member=1))
    for token in ("nonsense", path(who).split("/")[-1][:-2] + "xx", "a" * 5_000):
        answer = Client().post(f"/unsubscribe/{token}")
        assert (answer.status_code, answer.content) == (200, real.content)
    assert wanted(who) == [True, False]


def test_it_still_answers_when_the_membership_or_the_account_is_gone(who: Team) -> None:
    address = path(who)
    with acting_as("worker"), access.scope(who.organization.pk):
        Membership.objects.filter(user=who.users[0]).delete()
    gone = link(user=User(), organization=who.organization.slug)
    for each in (address, f"/unsubscribe/{gone.split('/')[-1]}"):
        assert Client().post(each).status_code == 200


def test_a_token_says_whose_mail_and_from_where(who: Team) -> None:
    subscription = read(path(who).split("/")[-1])
    assert subscription is not None
    assert (subscription.user_id, subscription.organization) == (who.users[0].pk, who.organization.slug)


def test_leaving_one_organizations_mail_leaves_the_others(who: Team) -> None:
    from apps.organizations.members import join
    from apps.organizations.models import Role
    from tests.reports.members import JOINED

    with acting_as("worker"):
        other = team(1)
        with access.scope(other.organization.pk):
            join(organization=other.organization, user=who.users[0], role=Role.VIEWER, now=JOINED)
    Client().post(path(who))
    assert wanted(who) == [False, True]
    assert wanted(other) == [True, True]
