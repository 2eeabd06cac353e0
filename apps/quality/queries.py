"""Reading evidence; needs an open organization."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection
from psycopg import sql

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
SQL = Path(__file__).parent / "sql"
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
    query = sql.SQL((SQL / "evidence.sql").read_text()).format(days=days)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
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


_OF_A_MODEL = tuple(name for name in Seen.__dataclass_fields__ if name != "task")


@dataclass(frozen=True)
class KnownOn:
    """The evidence of a day, and the thresholds (in millionths) that the tenant has set for it."""

    day: date
    seen: tuple[Seen, ...]
    thresholds: dict[str, int]


def known_by(deployment_id: int, day: date) -> KnownOn:
    """The evidence of this day, or of the last one before it for which there is some."""
    (known,) = known_by_each([(deployment_id, day)])
    return known


def known_by_each(asked: Sequence[tuple[int, date]]) -> list[KnownOn]:
    """The same of several deployments of one organization, each by a day; one statement."""
    columns = sql.SQL(", ").join(map(sql.Identifier, _OF_A_MODEL))
    query = sql.SQL((SQL / "known_by.sql").read_text()).format(columns=columns)
    found = [_Found(day) for _, day in asked]
    with connection.cursor() as cursor:
        cursor.execute(query, {"deployments": [one for one, _ in asked], "days": [day for _, day in asked]})
        for n, task, day, threshold, *of_a_model in cursor.fetchall():
            one = found[n - 1]
            if day is not None:
                one.day = day
                one.seen.append(Seen(task, *of_a_model))
            if threshold is not None:
                one.thresholds[task] = threshold
    return [KnownOn(one.day, tuple(one.seen), one.thresholds) for one in found]


@dataclass
class _Found:
    """What is being read for one of those who ask."""

    day: date
    seen: list[Seen] = field(default_factory=list)
    thresholds: dict[str, int] = field(default_factory=dict)
