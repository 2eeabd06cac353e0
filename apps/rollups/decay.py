"""How the rules of a deployment age: days of each policy epoch against its first seven evaluable days, by causes.

Of the present epoch every day is compared, of those before it the last seven, which is what they came to.

Raw rows of those days are read and summed up, then judged under both days' prices, evidence and traffic. A day is computed
once, and again when its cells or those of the first days are others, the newest first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import sha1
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from apps.costing.decay import CAUSES, Cause, Day, Loss, decayed
from apps.organizations import access
from apps.pricing.terms import Basis
from apps.pulse import tries
from apps.quality.queries import evidence_of
from apps.rollups.appraise import evaluated
from apps.rollups.chosen import Chosen, chosen
from apps.rollups.epochs import Epoch
from apps.rollups.events import Event, Kind, events
from apps.rollups.models import Decay, Rebuild
from apps.rollups.plan import ROWS_A_REBUILD, ROWS_AT_ONCE, hours_of, plan
from apps.rollups.prices import Prices, prices_of
from apps.rollups.raw import count_rows, read
from apps.rollups.traffic import days as days_of
from apps.rollups.traffic import summed

TASK = "decay"
PACE = timedelta(minutes=15)
CLAIM = timedelta(minutes=10)
SCALE = 10**9
"""Parts are kept in billionths of a share, and sum to the loss exactly."""
MOST_MESSAGES = 10
"""Of one sweep: rebuilds, which stand in the same queue, are not to wait for many of these."""
MOST_DAYS = 14
"""At a time, and of one epoch: what is left comes with the next sweep."""
MOST_EPOCHS = 12
"""The latest, of which causes are told."""
ARITHMETIC = "1"
"""Another when days are to be computed anew by other rules."""


@dataclass(frozen=True)
class Split:
    """Of one day: the rate of the first days, its own, and the parts of the loss, in billionths."""

    loss: int
    parts: Mapping[Cause, int]


@dataclass(frozen=True)
class Aged:
    """What was computed: the days that are still as their cells are, and what happened in all that time."""

    splits: Mapping[date, Split]
    events: tuple[Event, ...]
    computed_at: datetime | None


def claimed(*, now: datetime) -> Iterable[tuple[int, int]]:
    """Deployments to send a message for: rebuilt since they were looked at, or not done; as the worker."""
    mine = Decay.objects.filter(organization_id=OuterRef("organization_id"), deployment_id=OuterRef("deployment_id"))
    behind = (
        Rebuild.objects.exclude(rebuilt_at=None)
        .annotate(seen=Subquery(mine.values("computed_at")[:1]), left=Subquery(mine.values("left")[:1]))
        .filter(Q(seen=None) | Q(left__gt=0) | Q(seen__lt=F("rebuilt_at"), seen__lte=now - PACE))
    )
    sent = 0
    for organization_id, deployment_id in behind.order_by(F("seen").asc(nulls_first=True)).values_list(
        "organization_id", "deployment_id"
    ):
        row, _ = Decay.objects.get_or_create(organization_id=organization_id, deployment_id=deployment_id)
        free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + CLAIM)
        if Decay.objects.filter(free, pk=row.pk, quarantined_at=None).update(claimed_until=now + CLAIM):
            yield organization_id, deployment_id
            sent += 1
        if sent == MOST_MESSAGES:
            return


def refresh(*, organization_id: int, deployment_id: int, now: datetime) -> int | None:
    """How many days wait for the next time; None when another worker is at it, or when it was given up."""
    place: Any = {"organization_id": organization_id, "deployment_id": deployment_id}
    Decay.objects.get_or_create(**place)
    with transaction.atomic(durable=True):
        if not tries.begin(_mine(place).select_for_update(skip_locked=True), now=now, task=TASK):
            return None
    try:
        left = _refresh(place, now)
    except Exception as error:
        _mine(place).update(last_error=tries.told(error), claimed_until=None)
        raise
    return left


def aged(found: Chosen, *, organization_id: int, deployment_id: int) -> Aged:
    """What was computed of days as they are now; needs the organization to be open."""
    row = Decay.objects.filter(organization_id=organization_id, deployment_id=deployment_id).first()
    if row is None:
        return Aged({}, (), None)
    marks = _marks(found)
    splits = {
        day: Split(int(told["loss"]), {cause: int(told[cause.value]) for cause in CAUSES})
        for day, mark in marks.items()
        if (told := row.days.get(day.isoformat())) is not None and told["mark"] == mark
    }
    happened = (
        Event(date.fromisoformat(one["day"]), Kind(one["kind"]), one["model"], one["per_mille"]) for one in row.events
    )
    return Aged(splits, tuple(happened), row.computed_at)


def _mine(place: Mapping[str, int]) -> QuerySet[Decay]:
    return Decay.objects.filter(**place)


def _refresh(place: Mapping[str, Any], now: datetime) -> int:
    """No transaction is open while anything is computed: that takes as long as it takes."""
    today = now.astimezone(UTC).date()
    with access.scope(place["organization_id"]):
        found = chosen(**place, last=today - timedelta(days=1))  # today is not over
        stored, prices = _mine(place).get().days, prices_of(place["organization_id"])
        happened = _events(found, prices, place["deployment_id"])
    marks = _marks(found)
    kept = {day: stored[day] for day, mark in _named(marks) if stored.get(day, {}).get("mark") == mark}
    missing = sorted((day for day in marks if day.isoformat() not in kept), reverse=True)
    losses = _first_losses(found, missing, prices, place, today)
    kept |= {day.isoformat(): {"mark": marks[day], **_whole(loss)} for day, loss in losses.items()}
    left = len(missing) - len(losses) if losses else 0
    with access.scope(place["organization_id"]):
        _mine(place).update(
            days=kept, events=happened, left=left, computed_at=now, attempts=0, claimed_until=None, last_error=""
        )
    return left


def _named(marks: Mapping[date, str]) -> list[tuple[str, str]]:
    return [(day.isoformat(), mark) for day, mark in marks.items()]


def _marks(found: Chosen) -> dict[date, str]:
    """By day that is compared with the first ones of its epoch: what it is computed from."""
    return {day: mark for epoch in found.epochs[-MOST_EPOCHS:] for day, mark in _marks_in(found, epoch)}


def _marks_in(found: Chosen, epoch: Epoch) -> Iterator[tuple[date, str]]:
    base = [(day.isoformat(), found.days[day].state) for day in found.baseline(epoch)]
    for day in _compared(found, epoch):
        told = repr((ARITHMETIC, base, found.days[day].state))
        yield day, sha1(told.encode(), usedforsecurity=False).hexdigest()[:16]


def _compared(found: Chosen, epoch: Epoch) -> list[date]:
    if epoch is found.current:
        return found.evaluable_days(epoch)[len(found.baseline(epoch)) :]
    return found.recent(epoch)


def _first_losses(
    found: Chosen, missing: Sequence[date], prices: Prices, place: Mapping[str, Any], today: date
) -> dict[date, Loss]:
    """Of the latest epoch of which anything is missing, and the raw rows of its first days are kept."""
    oldest = today - timedelta(days=settings.RAW_RETENTION_DAYS)
    for epoch in reversed(found.epochs):
        mine, first = [day for day in missing if epoch.has(day)], found.baseline(epoch)
        losses = _losses(found, first, mine, prices, place) if mine and first[0] >= oldest else {}
        if losses:
            return losses
    return {}


def _losses(
    found: Chosen, first: Sequence[date], missing: Sequence[date], prices: Prices, place: Mapping[str, Any]
) -> dict[date, Loss]:
    """Of the newest of the missing days, against the first days."""
    taken = _affordable(found, first, missing)
    known = _days([*first, *taken], prices, place)
    before = [known[day] for day in first if known[day].evaluable]
    return {day: decayed(before, known[day]) for day in taken if before and known[day].evaluable}


def _affordable(found: Chosen, first: Sequence[date], missing: Sequence[date]) -> list[date]:
    """No more rows than a rebuild reads, beside the first days, and no more than MOST_DAYS; at least one."""
    budget = ROWS_A_REBUILD - sum(found.days[day].requests for day in first)
    taken: list[date] = []
    for day in missing[:MOST_DAYS]:
        budget -= found.days[day].requests
        if taken and budget < 0:
            break
        taken.append(day)
    return taken


def _days(wanted: Sequence[date], prices: Prices, place: Mapping[str, Any]) -> dict[date, Day]:
    hours = [hour for day in sorted(wanted) for hour in hours_of(day)]
    with access.scope(place["organization_id"]):
        rows = count_rows(**place, hours=hours, large_day=ROWS_AT_ONCE)
        evidence = evidence_of(place["deployment_id"], wanted)
    basis = Basis(prices.book, prices.terms)
    traffic = []
    for portion in plan(hours, rows, in_all=sum(rows.values()) + 1).portions:
        with access.scope(place["organization_id"]):
            raw = read(**place, hours=portion)
        if not raw.evidence.is_empty() and raw.requests.height:
            traffic.append(summed(evaluated(raw, prices.book, prices.terms), raw.evidence, basis))
    if not traffic:
        return {}
    return days_of(pl.concat(traffic), evidence, basis, wanted)


def _whole(loss: Loss) -> dict[str, int]:
    """In billionths; what rounding takes from one part, it gives to the next."""
    told, exact, given = {}, Fraction(), 0
    for cause in CAUSES:
        exact += loss.parts[cause]
        told[cause.value] = round(exact * SCALE) - given
        given += told[cause.value]
    return {"loss": given, **told}


def _events(found: Chosen, prices: Prices, deployment_id: int) -> list[dict[str, Any]]:
    known = evidence_of(deployment_id, [*found.days])
    if known.is_empty():
        return []
    happened = events(known, Basis(prices.book, prices.terms))
    return [
        {"day": one.day.isoformat(), "kind": one.kind.value, "model": one.model, "per_mille": one.per_mille}
        for one in happened
    ]
