"""Who belongs to an organization, and as what."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.organizations import audit
from apps.organizations.models import Membership, Organization, Role


def join(
    *, organization: Organization, user: User, role: Role, now: datetime, actor: User | None = None
) -> tuple[Membership, bool]:
    """(membership, whether it is new); someone who is a member already keeps the role."""
    membership, created = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": role, "created_at": now}
    )
    if created:
        audit.record(
            organization=organization, actor=actor, verb="member.joined", now=now, member=str(user.pk), role=role.value
        )
    return membership, created


def change_role(*, membership: Membership, role: Role, now: datetime, actor: User | None) -> None:
    """Raises ValidationError when the last owner would be lost."""
    if role != Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    audit.record(
        organization=membership.organization,
        actor=actor,
        verb="member.role_changed",
        now=now,
        member=str(membership.user_id),
        role=role.value,
    )


def leave(*, membership: Membership, now: datetime, actor: User | None) -> None:
    """End a membership. Raises ValidationError for the last owner."""
    _keep_an_owner(membership)
    audit.record(
        organization=membership.organization, actor=actor, verb="member.left", now=now, member=str(membership.user_id)
    )
    membership.delete()


def _keep_an_owner(membership: Membership) -> None:
    """The other owners are locked, so that two who leave at once do not both find the other one still there."""
    others = Membership.objects.filter(organization=membership.organization, role=Role.OWNER).select_for_update()
    if membership.role == Role.OWNER and not [other for other in others if other.pk != membership.pk]:
        raise ValidationError(_("An organization keeps at least one owner: make somebody else an owner first."))
