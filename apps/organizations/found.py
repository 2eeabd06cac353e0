"""Founding an organization."""

import zoneinfo
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.organizations import access, audit
from apps.organizations.models import Organization


def found(
    *,
    slug: str,
    name: str,
    now: datetime,
    pool: str = Organization.Pool.LIVE,
    time_zone: str = "UTC",
    vouched: bool = False,
    actor: User | None = None,
) -> Organization:
    """Make an organization and open it for the rest of this transaction, which the caller holds.

    Raises ValidationError for a slug that is taken or malformed, a name with line breaks, or an unknown time zone.
    """
    if time_zone not in zoneinfo.available_timezones():
        said = _("{zone} is no IANA time zone; use one like Europe/Berlin or UTC.")
        raise ValidationError({"time_zone": said.format(zone=time_zone)})
    if any(ord(character) < 32 for character in name):
        raise ValidationError({"name": _("A name has no line breaks or control characters.")})
    identity = _next_id()
    access.open_organization(identity)
    organization = Organization(
        id=identity, slug=slug, name=name, pool=pool, time_zone=time_zone, vouched=vouched, created_at=now
    )
    organization.full_clean()
    organization.save(force_insert=True)
    audit.record(organization=organization, actor=actor, verb="organization.founded", now=now, slug=slug)
    return organization


def _next_id() -> int:
    """Drawn before the row is written, since the walls let in only rows of the organization that is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organizations_organization', 'id'))")
        return int(cursor.fetchone()[0])
