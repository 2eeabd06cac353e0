"""Carrying on what evidence said of something replayed: answers are forgotten, the evidence that rested on them is kept."""

from collections.abc import Mapping
from datetime import UTC, date

from django.db.models import Max

from apps.deployments.labels import Labels
from apps.quality.gather import FEWEST, Place, Replayed
from apps.quality.models import Evidence, EvidenceDay
from apps.quality.releases import Carried


def carried(place: dict[str, int], labels: Labels, replayed: Mapping[Place, Replayed], *, before: date) -> Carried:
    """Of the last evidence before a day, if it was made under the same labels: others may call other tasks the same."""
    made = EvidenceDay.objects.filter(**place, day__lt=before, labels=labels.fingerprint)
    if (last := made.aggregate(day=Max("day"))["day"]) is None:
        return Carried()
    held = _last_held(place, replayed, last)
    known = set(Evidence.objects.filter(**place, day=last).values_list("task", "model"))
    ended = (
        one
        for one, day in held.items()
        # Too few outcomes also go unmentioned for want of other observations.
        if day < last and (one in known or replayed[one].outcomes >= FEWEST)
    )
    return Carried(last, frozenset(ended))


def _last_held(place: dict[str, int], replayed: Mapping[Place, Replayed], until: date) -> dict[Place, date]:
    """The last day on which each was evidence after it came; what was never evidence cannot have ended."""
    came = {one.received_at for one in replayed.values()}
    rows = Evidence.objects.filter(**place, day__lte=until, replayed_at__in=came).values("task", "model", "replayed_at")
    return {
        (task, model): day
        for task, model, at, day in rows.annotate(last=Max("day")).values_list("task", "model", "replayed_at", "last")
        if (one := replayed.get((task, model))) and one.received_at == at and day > at.astimezone(UTC).date()
    }
