"""The rows that decide who gets a report: one a member, made once, and claimed before anything leaves.

Each function is one short transaction in the organization's scope, so that a claim is on disk before the mail server is
spoken to.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q

from apps.benchmarks.weeks import Week
from apps.organizations import access
from apps.organizations.models import Membership, Organization
from apps.reports.models import Delivery

LEASE = timedelta(minutes=10)
"""Far longer than one hand-over may take; what is still `sending` after it was interrupted."""
PAUSED_AFTER = 3
"""Refusals in a row after which an address is left alone, until the operator sends to it by command."""
GIVEN_UP_AFTER = timedelta(days=5)
State = Delivery.State


@dataclass(frozen=True)
class Claim:
    """A delivery that this process alone may send."""

    delivery_id: UUID
    user_id: UUID


def unqueued(*, organization: Organization, week: Week, joined_by: datetime | None) -> list[UUID]:
    """Members who want the mail and have no row for this week.

    With `joined_by`, only who was a member then, and not at an address that is paused: who joins on a Wednesday is not
    sent Monday's mail.
    """
    with access.scope(organization.pk):
        members = Membership.objects.filter(organization=organization, weekly_mail=True, user__is_active=True)
        if joined_by is not None:
            members = members.filter(created_at__lte=joined_by).exclude(user_id__in=_paused(organization))
        queued = Delivery.objects.filter(organization=organization, report=Delivery.WEEKLY, week=str(week))
        return list(members.exclude(user_id__in=queued.values("user_id")).values_list("user_id", flat=True))


def enqueue(user_ids: Iterable[UUID], *, organization: Organization, week: Week, now: datetime) -> None:
    """A row for each, unless another process made it meanwhile."""
    with access.scope(organization.pk):
        rows = [
            Delivery(organization=organization, week=str(week), user_id=user_id, not_before=now, queued_at=now)
            for user_id in user_ids
        ]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def waiting(*, organization: Organization, week: Week, now: datetime) -> list[UUID]:
    """Deliveries to try now, oldest first. Interrupted ones become unknown, old ones are given up."""
    with access.scope(organization.pk):
        ours = Delivery.objects.filter(organization=organization, report=Delivery.WEEKLY)
        ours.filter(state=State.SENDING, leased_until__lt=now).update(
            state=State.UNKNOWN, finished_at=now, answer="interrupted after it was claimed; it may have left"
        )
        ours.filter(state=State.PENDING, queued_at__lt=now - GIVEN_UP_AFTER).update(
            state=State.FAILED, finished_at=now, answer="given up: the mail server did not take it in time"
        )
        due = ours.filter(week=str(week), state=State.PENDING, not_before__lte=now)
        return list(due.order_by("queued_at", "id").values_list("id", flat=True))


def claim(delivery_id: UUID, *, organization: Organization, now: datetime) -> Claim | None:
    """None when another process has it, or when there is nothing left to claim."""
    with access.scope(organization.pk):
        row = Delivery.objects.filter(pk=delivery_id, state=State.PENDING, not_before__lte=now)
        if not row.update(state=State.SENDING, leased_until=now + LEASE, attempts=F("attempts") + 1):
            return None
        return Claim(delivery_id, Delivery.objects.values_list("user_id", flat=True).get(pk=delivery_id))


def settle(claimed: Claim, *, organization: Organization, state: State, answer: str, now: datetime) -> None:
    """Note how it ended; one to be tried again waits twice as long each time, an hour at most."""
    with access.scope(organization.pk):
        row = Delivery.objects.get(pk=claimed.delivery_id)
        pause = min(timedelta(minutes=5) * 2 ** (row.attempts - 1), timedelta(hours=1))
        # Its lease may have ended meanwhile: who held it knows better than who found it lying.
        Delivery.objects.filter(pk=row.pk, state__in=(State.SENDING, State.UNKNOWN)).update(
            state=state,
            answer=answer,
            leased_until=None,
            not_before=now + pause if state == State.PENDING else row.not_before,
            finished_at=None if state == State.PENDING else now,
        )


def release(claimed: Claim, *, organization: Organization) -> None:
    """Undo a claim of which nothing has left, such as one made before the mail server could not be reached."""
    with access.scope(organization.pk):
        Delivery.objects.filter(pk=claimed.delivery_id, state=State.SENDING).update(
            state=State.PENDING, leased_until=None, attempts=F("attempts") - 1
        )


def tally(*, organization: Organization, week: Week) -> Counter[str]:
    """How many deliveries of the week are in which state; what the operator is shown."""
    with access.scope(organization.pk):
        rows = Delivery.objects.filter(organization=organization, week=str(week))
        return Counter(rows.values_list("state", flat=True))


def _paused(organization: Organization) -> list[UUID]:
    """Members whose last deliveries were all refused."""
    ended = Delivery.objects.filter(Q(state=State.FAILED) | Q(state=State.SENT), organization=organization)
    last: dict[UUID, list[str]] = {}
    for user_id, state in ended.order_by("-week").values_list("user_id", "state"):
        last.setdefault(user_id, []).append(state)
    return [user for user, states in last.items() if states[:PAUSED_AFTER] == [State.FAILED] * PAUSED_AFTER]
