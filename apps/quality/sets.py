"""Replay sets of a deployment, with what they say; needs an open organization."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import polars as pl
from django.db.models import Count, Max

from apps.pricing.book import Book
from apps.pricing.quote import quote
from apps.quality.replays import OUTCOMES, Replay, replay
from apps.traces.models import Outcome

MOST_SETS = 20
MOST_OUTCOMES = 200_000
"""Of sets with more the counts alone are told."""


@dataclass(frozen=True)
class ReplaySet:
    name: str
    outcomes: int
    last_received_at: datetime
    whole: Replay | None
    """Null: the set is too large."""
    tasks: tuple[Replay, ...]


@dataclass(frozen=True)
class Listed:
    name: str
    outcomes: int
    last_received_at: datetime


def listed_sets(deployment_id: int) -> list[Listed]:
    """The newest first, without what they say."""
    rows = Outcome.objects.filter(deployment_id=deployment_id)
    counted = (
        rows.values_list("replay_set")
        .annotate(number=Count("*"), last=Max("received_at"))
        .order_by("-last", "replay_set")
    )
    return [Listed(*one) for one in counted[:MOST_SETS]]


def replay_sets(
    deployment_id: int, *, book: Book, name: str | None = None, solved_at: float, quality: Fraction | None = None
) -> list[ReplaySet]:
    """The newest first."""
    rows = Outcome.objects.filter(deployment_id=deployment_id)
    rows = rows.filter(replay_set=name) if name is not None else rows
    counted = rows.values("replay_set").annotate(outcomes=Count("*"), last=Max("received_at")).order_by("-last")
    return [_set(deployment_id, one, book, solved_at, quality) for one in map(dict[str, Any], counted[:MOST_SETS])]


def _set(deployment_id: int, one: dict[str, Any], book: Book, solved_at: float, quality: Fraction | None) -> ReplaySet:
    name, size, last = one["replay_set"], one["outcomes"], one["last"]
    if size > MOST_OUTCOMES:
        return ReplaySet(name, size, last, None, ())
    outcomes = _priced(deployment_id, name, book)
    asked: dict[str, Any] = {"solved_at": solved_at, "quality": quality}
    by_task = outcomes.partition_by("task", as_dict=True, maintain_order=True)
    tasks = tuple(replay(some, task=str(task), **asked) for (task,), some in sorted(by_task.items()))
    return ReplaySet(name, size, last, replay(outcomes, task=None, **asked), tasks)


def _priced(deployment_id: int, name: str, book: Book) -> pl.DataFrame:
    """Outcomes of a set; what tells tokens and no cost is priced by the list of the moment when it came."""
    read = ("task", "prompt", "model", "score", "cost_nano", "provider", "raw_model", "input_tokens", "output_tokens")
    kinds: dict[str, Any] = {**OUTCOMES, "provider": pl.String, "raw_model": pl.String, "input_tokens": pl.Int64}
    kinds |= {"output_tokens": pl.Int64, "received_at": pl.Datetime("us", "UTC")}
    rows = Outcome.objects.filter(deployment_id=deployment_id, replay_set=name).order_by("task", "prompt", "model")
    found = pl.DataFrame(list(rows.values_list(*read, "received_at")), kinds, orient="row")
    usage = found.with_columns(service_tier=pl.lit("standard"), at_us=pl.col("received_at").to_physical())
    return found.with_columns(cost_nano=pl.coalesce("cost_nano", quote(usage, book))).select(OUTCOMES.names())
