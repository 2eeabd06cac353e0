"""Leaving the weekly mail by the link in it: signed, without an end, and without a sign-in (RFC 8058)."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from apps.accounts.models import User
from apps.organizations import access
from apps.organizations.models import Membership

_SIGNER = Signer(salt="reports.unsubscribe")
VERSION = 1


@dataclass(frozen=True)
class Subscription:
    """Whose mail from which organization."""

    user_id: UUID
    organization: str


def link(*, user: User, organization: str) -> str:
    token = _SIGNER.sign_object([VERSION, str(user.pk), organization], compress=True)
    return settings.SITE_URL + reverse("unsubscribe", args=[token])


def read(token: str) -> Subscription | None:
    """None for what was not signed here."""
    try:
        version, user_id, organization = _SIGNER.unsign_object(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return Subscription(UUID(user_id), organization) if version == VERSION else None


def set_weekly_mail(token: str, *, wanted: bool) -> None:
    """Nothing happens for a token that leads nowhere (any more): who asks learns nothing of what exists."""
    subscription = read(token)
    user = User.objects.filter(pk=subscription.user_id).first() if subscription else None
    if subscription is None or user is None:
        return
    access.recognise(user)
    for membership in access.memberships(user):
        if membership.organization.slug == subscription.organization:
            access.open_organization(membership.organization_id)
            Membership.objects.filter(pk=membership.pk).update(weekly_mail=wanted)
