"""Reading evidence; needs an open organization."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Subquery
from psycopg import sql

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
OBSERVED = pl.Schema({**CANDIDATES, "observations": pl.Int64()})
"""With what their quality rests on."""
SQL = (Path(__file__).parent / "sql" / "evidence.sql").read_text()
_THESE = sql.SQL("e.day = ANY(%(days)s::date[])")
_LAST = sql.SQL(
    "e.day = (SELECT max(day) FROM quality_evidence WHERE deployment_id = %(deployment)s AND day <= %(until)s)"
)


def evidence_of(deployment_id: int, days: Collection[date]) -> pl.DataFrame:
    """What is known on these days, as CANDIDATES."""
    return _evidence(_THESE, {"deployment": deployment_id, "days": list(days)}).select(CANDIDATES.names())


def last_evidence_of(deployment_id: int, until: date) -> pl.DataFrame:
    """What is known on the last day that has any, not after `until`, as OBSERVED; empty where there is no such day."""
    return _evidence(_LAST, {"deployment": deployment_id, "until": until})


def _evidence(days: sql.SQL, values: dict[str, Any]) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(SQL).format(days=days), values)
        return pl.DataFrame(cursor.fetchall(), OBSERVED, orient="row")


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
