"""Making people known to the sign-in, by the operator or by an invitation."""

from allauth.account.models import EmailAddress
from django.db import transaction

from apps.accounts.models import User


def ensure_user(*, email: str, password: str | None = None, name: str = "") -> tuple[User, bool]:
    """(user, whether it was made now). The address counts as verified; a user who exists keeps name and password."""
    existing = User.objects.by_email(email)
    if existing is not None:
        return existing, False
    with transaction.atomic():
        user = User.objects.create_user(email.strip().lower(), password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user, True
