"""Fixes as they are kept, with what they were computed from."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from apps.advice.changes import Model
from apps.advice.facts import Facts
from apps.advice.fixes import Fix
from apps.advice.models import Advised
from apps.advice.ranges import Range

MOST = 20


@dataclass(frozen=True)
class Advice:
    """Of the days `first` to `last` in production, `hours` of `of_hours` of which were read."""

    computed_at: datetime
    first: date
    last: date
    hours: int
    of_hours: int
    tasks: int
    """With evidence and a price of two models or more."""
    fixes: tuple[Fix, ...]


def packed(facts: Facts, found: list[Fix]) -> dict[str, Any]:
    return {
        "first": facts.first.isoformat(),
        "last": facts.last.isoformat(),
        "hours": facts.sample.hours,
        "of_hours": facts.sample.of_hours,
        "tasks": len(facts.eligible),
        "fixes": [asdict(one) for one in found[:MOST]],
    }


def advice_of(*, organization_id: int, deployment_id: int) -> Advice | None:
    """What was computed last; None before, and where there was nothing to compute from. Needs the organization to be open."""
    row = Advised.objects.filter(organization_id=organization_id, deployment_id=deployment_id).first()
    if row is None or row.computed_at is None or row.answer is None:
        return None
    told: dict[str, Any] = dict(row.answer)
    first, last = (date.fromisoformat(told.pop(name)) for name in ("first", "last"))
    return Advice(row.computed_at, first, last, fixes=tuple(_fix(one) for one in told.pop("fixes")), **told)


def _fix(told: dict[str, Any]) -> Fix:
    to = told.pop("to")
    return Fix(saves=Range(**told.pop("saves")), to=None if to is None else Model(*to), **told)
