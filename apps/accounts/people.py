"""Making people known to the sign-in, by the operator or by an invitation."""

from allauth.account.models import EmailAddress
from django.db import transaction

from apps.accounts.models import User


def ensure_user(*, email: str, password: str | None = None, name: str = "") -> tuple[User, bool]:
    """(user, whether it was made now). The address counts as verified; a user who exists keeps name and password, unless the
    address was never shown to be theirs."""
    existing = User.objects.by_email(email)
    if existing is not None:
        _take_from_whoever_signed_up(existing, password)
        return existing, False
    with transaction.atomic():
        user = User.objects.create_user(email.strip().lower(), password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user, True


@transaction.atomic
def _take_from_whoever_signed_up(user: User, password: str | None) -> None:
    """Anybody may sign up with anybody's address. Until that is confirmed, the password is one that its owner may not know: it
    ends here. Without another, whoever reads the mail of that address sets one."""
    unproven = (
        EmailAddress.objects.select_for_update().filter(user=user, email__iexact=user.email, verified=False).first()
    )
    if unproven is None:
        return
    user.set_password(password)  # None is one that nobody can use
    user.save(update_fields=["password"])
    if not EmailAddress.objects.filter(
        email__iexact=user.email, verified=True
    ).exists():  # another account's second one
        unproven.verified = True
        unproven.save(update_fields=["verified"])
