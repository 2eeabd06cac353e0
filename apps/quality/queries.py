"""Reading evidence; needs an open organization."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from django.db.models import Subquery

from apps.quality.models import Evidence, Threshold

CANDIDATES = pl.Schema(
    {
        "day": pl.Date(),
        "task": pl.String(),
        "provider": pl.String(),
        "model": pl.String(),
        "quality_micro": pl.Int64(),
        "output_tokens": pl.Int64(),
        "answers": pl.Int64(),
        "threshold_micro": pl.Int64(),  # the tenant's own on that day; null: the default
    }
)
"""Models with evidence at a task on a day; candidates are those among them that have a price."""
_READ = tuple(name for name in CANDIDATES if name != "threshold_micro")


def evidence_of(deployment_id: int, days: Collection[date]) -> pl.DataFrame:
    """What is known on these days, as CANDIDATES."""
    rows = Evidence.objects.filter(deployment_id=deployment_id, day__in=list(days)).order_by("day", "task", "model")
    found = pl.DataFrame(list(rows.values_list(*_READ)), {name: CANDIDATES[name] for name in _READ}, orient="row")
    if found.is_empty():
        return CANDIDATES.to_frame(eager=True)
    declared = pl.DataFrame(
        list(
            Threshold.objects.filter(deployment_id=deployment_id)
            .order_by("effective_from")
            .values_list("task", "effective_from", "quality_micro")
        ),
        {"task": pl.String, "effective_from": pl.Date, "threshold_micro": pl.Int64},
        orient="row",
    )
    dated = found.sort("day").join_asof(
        declared, left_on="day", right_on="effective_from", by="task", check_sortedness=False
    )
    return dated.select(CANDIDATES.names())


@dataclass(frozen=True)
class Seen:
    """What was known of a model at a task on a day."""

    task: str
    model: str
    provider: str | None
    quality_micro: int
    own: int
    replayed: int
    pooled: int
    output_tokens: int | None
    answers: int | None
    replayed_at: datetime | None

    @property
    def observations(self) -> int:
        return self.own + self.replayed + self.pooled


_SEEN = tuple(Seen.__dataclass_fields__)


@dataclass(frozen=True)
class KnownOn:
    """The evidence of a day, and the thresholds (in millionths) that the tenant has set for it."""

    day: date
    seen: tuple[Seen, ...]
    thresholds: dict[str, int]


def known_by(deployment_id: int, day: date) -> KnownOn:
    """The evidence of this day, or of the last one before it for which there is some."""
    rows = Evidence.objects.filter(deployment_id=deployment_id)
    last = rows.filter(day__lte=day).order_by("-day").values("day")[:1]
    found = list(rows.filter(day=Subquery(last)).order_by("task", "model").values_list("day", *_SEEN))
    known_on = found[0][0] if found else day
    declared = Threshold.objects.filter(deployment_id=deployment_id, effective_from__lte=day).order_by("effective_from")
    thresholds = {
        task: one
        for task, since, one in declared.values_list("task", "effective_from", "quality_micro")
        if since <= known_on
    }
    seen = tuple(Seen(*row) for _, *row in found)
    return KnownOn(known_on, seen, {task: one for task, one in thresholds.items() if one is not None})
