"""Making the evidence of days, and freezing it: what comes to be known later changes later days only.

A day's evidence is made soon after it begins and frozen at once. Days that were over, or had begun long ago, when their
evidence was first made (history that was handed over, the first day of a deployment) may be made anew until midnight. What
tasks are called holds for all of history, so when labels change every day is gathered again, from what is known by then.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from apps.deployments.labels import Labels
from apps.deployments.models import Deployment, StaleSince
from apps.deployments.relabel import kinds_of, labels_of
from apps.organizations import access
from apps.organizations.models import Organization
from apps.quality.gather import WINDOW, Known, gather
from apps.quality.models import Evidence, EvidenceDay
from apps.quality.observed import ask, own_scores, releases_of, replayed_outcomes
from apps.quality.pool import at_own_tasks, published
from apps.quality.releases import holding

IN_TIME = timedelta(hours=1)


def freeze_due(*, now: datetime) -> int:
    """Every deployment's days that are due; how many days were made."""
    made = 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        with access.scope(organization_id):
            deployments = list(Deployment.objects.filter(organization_id=organization_id).values_list("pk", flat=True))
        made += sum(freeze(organization_id=organization_id, deployment_id=one, now=now) for one in deployments)
    return made


def freeze(*, organization_id: int, deployment_id: int, now: datetime) -> int:
    """How many days of one deployment were made or made anew; days that changed are marked to be computed again."""
    today = now.astimezone(UTC).date()
    place = {"organization_id": organization_id, "deployment_id": deployment_id}
    with access.scope(organization_id):
        if (
            Deployment.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=deployment_id).first()
            is None
        ):
            return 0  # another worker is at it
        midnight = datetime.combine(today, time(), UTC)
        EvidenceDay.objects.filter(**place, frozen=False, made_at__lt=midnight).update(frozen=True)
        first, labels = today - timedelta(days=settings.RAW_RETENTION_DAYS), labels_of(deployment_id)
        days = [day for (day,) in ask("days_to_make", place, first=first, last=today, labels=labels.fingerprint)]
        if not days:
            return 0
        changed = _make(days, place, labels, now)
        if changed:
            StaleSince.objects.create(**place, since=min(changed), marked_at=now)
    return len(days)


def _make(days: Sequence[date], place: dict[str, int], labels: Labels, now: datetime) -> list[date]:
    """The days whose evidence is another than before."""
    scored = own_scores(place, labels, first=days[0] - WINDOW, end=days[-1])
    replayed = replayed_outcomes(place, labels, now=now)
    releases = releases_of(place, labels, replayed, days)
    tasks = {one.task for one in scored} | {task for task, _ in replayed}
    pool, kinds = published(place["organization_id"], days), kinds_of(place["deployment_id"])
    known = [
        one
        for day in days
        for one in gather(day, scored, holding(replayed, releases, day), at_own_tasks(pool, tasks, day, kinds))
    ]
    before = _stored(days, place)
    changed = [day for day in days if before.get(day, []) != [one for one in known if one.day == day]]
    Evidence.objects.filter(**place, day__in=changed).delete()
    Evidence.objects.bulk_create(Evidence(**place, **vars(one)) for one in known if one.day in changed)
    _note(days, place, labels, now)
    return changed


def _stored(days: Sequence[date], place: dict[str, int]) -> dict[date, list[Known]]:
    found: dict[date, list[Known]] = {}
    fields = tuple(Known.__dataclass_fields__)
    for row in Evidence.objects.filter(**place, day__in=days).order_by("day", "task", "model").values_list(*fields):
        found.setdefault(row[0], []).append(Known(*row))
    return {day: sorted(some, key=lambda one: (one.task, one.model)) for day, some in found.items()}


def _note(days: Sequence[date], place: dict[str, int], labels: Labels, now: datetime) -> None:
    """A day that is made anew keeps the time at which it was first made."""
    EvidenceDay.objects.filter(**place, day__in=days).update(labels=labels.fingerprint)
    EvidenceDay.objects.bulk_create(
        (
            EvidenceDay(
                **place,
                day=day,
                made_at=now,
                frozen=now - datetime.combine(day, time(), UTC) <= IN_TIME,
                labels=labels.fingerprint,
            )
            for day in days
        ),
        ignore_conflicts=True,
    )
