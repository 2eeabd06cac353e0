"""Sending a week's report to the members of one organization, each at most once."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import structlog
from django.core.mail import EmailMultiAlternatives

from apps.accounts.models import User
from apps.benchmarks.weeks import Week
from apps.organizations import access
from apps.organizations.models import Organization
from apps.pulse import counters
from apps.reports import queue
from apps.reports.compose import compose
from apps.reports.letter import write
from apps.reports.message import message
from apps.reports.outbox import UnreachableError, belongs_to_nobody, files, outbox_of
from apps.reports.report import Report
from apps.reports.unsubscribing import link

Clock = Callable[[], datetime]
log = structlog.get_logger(__name__)


def deliver(*, organization: Organization, week: Week, clock: Clock, joined_by: datetime | None = None) -> Counter[str]:
    """Send what is waiting, and say how many deliveries of the week are in which state.

    `joined_by`: see queue.unqueued. Nothing is queued when there is nothing to report.
    """
    if something_to_do(organization=organization, week=week, now=clock(), joined_by=joined_by):
        with access.scope(organization.pk):
            report = compose(organization=organization, week=week)
        if report is not None:
            send(report, organization=organization, week=week, clock=clock, joined_by=joined_by)
    return queue.tally(organization=organization, week=week)


def something_to_do(*, organization: Organization, week: Week, now: datetime, joined_by: datetime | None) -> bool:
    """Whether somebody has no delivery yet, or one that is to be tried now; interrupted ones are noted on the way."""
    waiting = queue.waiting(organization=organization, week=week, now=now)
    return bool(waiting or queue.unqueued(organization=organization, week=week, joined_by=joined_by))


def send(
    report: Report, *, organization: Organization, week: Week, clock: Clock, joined_by: datetime | None = None
) -> None:
    """Queue a report and hand it over, member by member, until the mail server cannot be reached."""
    lacking = queue.unqueued(organization=organization, week=week, joined_by=joined_by)
    queue.enqueue(lacking, organization=organization, week=week, now=clock())
    with outbox_of(organization) as outbox, files() as nobody:
        for delivery_id in queue.waiting(organization=organization, week=week, now=clock()):
            claimed = queue.claim(delivery_id, organization=organization, now=clock())
            if claimed is None:
                continue
            user = User.objects.get(pk=claimed.user_id)
            mail = _message(report, user, organization, week)
            try:
                state, answer = (nobody if belongs_to_nobody(user.email) else outbox).hand_over(mail)
            except UnreachableError as error:
                queue.release(claimed, organization=organization)
                counters.add("tollmark_mail_total", outcome="unreachable")
                log.warning("mail server unreachable", error=str(error), organization=organization.slug, week=str(week))
                return
            queue.settle(claimed, organization=organization, state=state, answer=answer, now=clock())
            counters.add("tollmark_mail_total", outcome=str(state))


def messages(*, organization: Organization, week: Week) -> list[EmailMultiAlternatives]:
    """What would be sent, to every member whatever was sent; nothing is noted."""
    with access.scope(organization.pk):
        report = compose(organization=organization, week=week)
        members = User.objects.filter(memberships__organization=organization).order_by("email")
        return [_message(report, user, organization, week) for user in members] if report else []


def _message(report: Report, user: User, organization: Organization, week: Week) -> EmailMultiAlternatives:
    unsubscribe = link(user=user, organization=organization.slug)
    letter = write(report, unsubscribe=unsubscribe)
    return message(letter, organization=organization, user=user, week=week, unsubscribe=unsubscribe)
