"""From when on each deployment of the demo has to be continued."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db.models import Max

from apps.demo.lay import Place
from apps.demo.simulate.happen import longest_us
from apps.organizations import access
from apps.traces.models import Request

RECENT = timedelta(days=20)
"""Looked at first, since every day looked at is a partition."""


def since(*, places: Iterable[Place], began: date, now: datetime) -> Iterator[tuple[Place, datetime]]:
    """Each place with the moment to continue from; the demo's first day where nothing is stored.

    A little of what is stored is posted again: whatever may still have been under way when the last request was stored.
    """
    start = datetime.combine(began, time(), UTC)
    for organization_id, group in groupby(places, key=lambda place: place.organization_id):
        members = list(group)
        last = _last_stored(organization_id, [place.deployment_id for place in members], began=began, now=now)
        for place in members:
            stored = last.get(place.deployment_id)
            yield (
                place,
                start if stored is None else max(start, stored - timedelta(microseconds=longest_us(place.profile))),
            )


def _last_stored(organization_id: int, deployment_ids: list[int], *, began: date, now: datetime) -> dict[int, datetime]:
    with access.scope(organization_id):
        found = _latest(organization_id, deployment_ids, since=(now - RECENT).date())
        silent = [one for one in deployment_ids if one not in found]
        return found | _latest(organization_id, silent, since=began) if silent else found


def _latest(organization_id: int, deployment_ids: list[int], *, since: date) -> dict[int, datetime]:
    rows = Request.objects.filter(organization_id=organization_id, deployment_id__in=deployment_ids, day__gte=since)
    latest = rows.order_by().values("deployment_id").annotate(latest=Max("received_at"))
    return {row["deployment_id"]: row["latest"] for row in latest}
