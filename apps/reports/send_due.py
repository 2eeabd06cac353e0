"""Which organizations get their report now, by the clock on their own wall."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfoNotFoundError

import structlog

from apps.benchmarks.models import Freeze
from apps.benchmarks.weeks import Week
from apps.organizations.models import Organization
from apps.reports.deliver import Clock, deliver, something_to_do
from apps.reports.due import mail_at

log = structlog.get_logger(__name__)


def due(*, now: datetime) -> Iterator[tuple[int, str]]:
    """(organization id, week) wherever eight o'clock has passed after a freeze and something is left to send.

    Runs as the worker. An organization that was founded later gets its first report a week later.
    """
    week = Week.last_due(now)
    frozen = set(Freeze.objects.filter(week=str(week)).values_list("pool", flat=True))
    for organization in Organization.objects.filter(pool__in=frozen).order_by("pk"):
        at = _mail_at(organization, week)
        if at is None or now < at or organization.created_at > at:
            continue
        if something_to_do(organization=organization, week=week, now=now, joined_by=at):
            yield organization.pk, str(week)


def send_one(*, organization_id: int, week: str, clock: Clock) -> None:
    organization, wanted = Organization.objects.get(pk=organization_id), Week.parse(week)
    deliver(organization=organization, week=wanted, clock=clock, joined_by=_mail_at(organization, wanted))


def _mail_at(organization: Organization, week: Week) -> datetime | None:
    try:
        return mail_at(week, organization.time_zone)
    except ZoneInfoNotFoundError:
        log.error("unknown time zone", organization=organization.slug, time_zone=organization.time_zone)
        return None
