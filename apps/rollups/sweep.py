"""Collect the marks: which deployments are to be rebuilt now. Messages are mere hints, marks are what is due."""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from apps.deployments.models import StaleSince
from apps.organizations import access
from apps.pricing.queries import changed_since
from apps.rollups import marks, turns
from apps.rollups.models import Rebuild
from apps.rollups.prices import edition
from apps.rollups.rebuild import SINCE_EVER, Rebuilt, rebuild


def claimed(*, now: datetime) -> Iterable[turns.Turn]:
    """Deployments to send a message for, the longest waiting first."""
    mark_new_prices(now=now)
    marks.thin()
    for organization_id, deployment_id in marks.waiting():
        turn = turns.Turn(organization_id, deployment_id)
        if turns.claim(turn, now=now):
            yield turn


def rebuild_all(*, now: datetime, of: Collection[int] | None = None) -> list[Rebuilt]:
    """Everything that is marked, or is `of` these organizations, here and now, whatever the pace."""
    mark_new_prices(now=now, of=of)
    turns_now = [turn for turn in marks.waiting() if of is None or turn[0] in of]
    return [done for turn in turns_now for done in _rebuilt(*turn, now=now)]


def mark_all(*, now: datetime, of: Collection[int] | None = None) -> None:
    """Everything that was ever rebuilt, or is `of` these organizations: for cells that an older version computed."""
    known = Rebuild.objects.all() if of is None else Rebuild.objects.filter(organization_id__in=of)
    for organization_id, deployment_id in list(known.values_list("organization_id", "deployment_id")):
        with access.scope(organization_id):
            place = {"organization_id": organization_id, "deployment_id": deployment_id}
            StaleSince.objects.create(**place, since=SINCE_EVER, marked_at=now)


def _rebuilt(organization_id: int, deployment_id: int, *, now: datetime) -> Iterator[Rebuilt]:
    left = True
    while left and (done := rebuild(organization_id=organization_id, deployment_id=deployment_id, now=now)):
        yield done
        left = bool(done.left)


def mark_new_prices(*, now: datetime, of: Collection[int] | None = None) -> None:
    """A new price makes stale what was computed since it is in force, as far as raw rows are still there."""
    current = edition()
    behind = Rebuild.objects.exclude(edition=current)
    if of is not None:
        behind = behind.filter(organization_id__in=of)
    for pk, organization_id in list(behind.values_list("pk", "organization_id")):
        mark_new_prices_of(pk, organization_id=organization_id, current=current, now=now)


def mark_new_prices_of(pk: int, *, organization_id: int, current: int, now: datetime) -> None:
    """One deployment, by the row of its rebuilds; one that is being rebuilt now comes with the next sweep."""
    with access.scope(organization_id):
        behind = Rebuild.objects.exclude(edition=current)
        state = behind.select_for_update(skip_locked=True).filter(pk=pk).first()
        if state is None:
            return
        since = changed_since(state.edition)
        StaleSince.objects.create(
            organization_id=organization_id,
            deployment_id=state.deployment_id,
            since=SINCE_EVER if since is None else since.astimezone(UTC).date(),
            marked_at=now,
        )
        state.edition = current
        state.save(update_fields=["edition"])
