"""Who is made known to the sign-in, and with whose password."""

import pytest
from allauth.account.models import EmailAddress

from apps.accounts.models import User
from apps.accounts.people import ensure_user
from tests.names import unique

PASSWORD = "correct horse battery staple"


def signed_up(*, confirmed: bool) -> User:
    """By somebody who says that this is their address."""
    user = User.objects.create_user(f"{unique('pat')}@example.com", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=confirmed, primary=True)
    return user


def read_again(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.usefixtures("as_web")
def test_who_is_invited_keeps_a_password_that_is_theirs() -> None:
    user = signed_up(confirmed=True)
    assert ensure_user(email=user.email.upper()) == (user, False)
    assert read_again(user).check_password(PASSWORD)


@pytest.mark.parametrize("role", ["as_web", "as_worker"])
def test_a_password_that_came_with_an_unconfirmed_address_opens_nothing_after_an_invitation(
    role: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(role)
    user = signed_up(confirmed=False)
    assert ensure_user(email=user.email) == (user, False)
    assert not read_again(user).has_usable_password()
    assert EmailAddress.objects.get(user=user).verified


@pytest.mark.usefixtures("as_worker")
def test_the_password_that_an_operator_gives_stands_in_its_place() -> None:
    user = signed_up(confirmed=False)
    ensure_user(email=user.email, password="another of at least this length")
    assert read_again(user).check_password("another of at least this length")


@pytest.mark.usefixtures("as_web")
def test_an_address_that_another_account_has_confirmed_stays_unconfirmed() -> None:
    user, other = signed_up(confirmed=False), signed_up(confirmed=True)
    EmailAddress.objects.create(user=other, email=user.email, verified=True, primary=False)
    assert ensure_user(email=user.email) == (user, False)
    assert not read_again(user).has_usable_password()
    assert not EmailAddress.objects.get(user=user).verified


@pytest.mark.usefixtures("as_web")
def test_an_operator_without_any_confirmed_address_keeps_the_password() -> None:
    user = User.objects.create_user(f"{unique('op')}@example.com", PASSWORD)
    ensure_user(email=user.email)
    assert read_again(user).check_password(PASSWORD)
