"""What other labels would change, on the last day's traffic: by the functions that the rebuild goes through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from apps.deployments.labels import MOST_RULES, Labels, matched
from apps.rollups.appraise import evaluated
from apps.rollups.prices import prices_of
from apps.rollups.raw import count_rows, labelled, sent

HOURS = 24
MOST_ROWS = 50_000
"""Requests that are looked at: whole hours, the newest first, at least one."""
MOST_CHANGES = 12


@dataclass(frozen=True)
class TaskChange:
    """Requests of a task and what was billed for them, as far as known, under the labels of now and under others."""

    task: str
    requests: int
    billed_nano: int
    requests_after: int
    billed_nano_after: int


@dataclass(frozen=True)
class Moved:
    """So many requests of a route (as it is read after) go from one task to another; empty: none."""

    route: str
    before: str
    after: str
    requests: int


@dataclass(frozen=True)
class Preview:
    """`matches`: requests that each rule names; `unmatched` ones keep the label that was sent, `unlabelled` have none."""

    hours: int
    requests: int
    priced: int
    tasks: tuple[TaskChange, ...]
    changed: int
    moved: tuple[Moved, ...]
    matches: tuple[int, ...]
    unmatched: int
    unlabelled: int


def preview(*, organization_id: int, deployment_id: int, before: Labels, after: Labels, now: datetime) -> Preview:
    """Nothing is changed by it; needs the organization to be open."""
    place: Any = {"organization_id": organization_id, "deployment_id": deployment_id}
    hours = _hours(place, now)
    looked_at = Labels(rules=(*before.rules, *after.rules)[: 2 * MOST_RULES])
    raw = sent(**place, hours=hours, labels=looked_at)
    prices = prices_of(organization_id)
    billed = evaluated(labelled(raw, looked_at), prices.book, prices.terms).requests["billed_nano"]
    now_called, then_called = (labelled(raw, labels).requests for labels in (before, after))
    both = pl.DataFrame(
        {
            "route": then_called["route"].fill_null(""),
            "before": now_called["task"].fill_null(""),
            "after": then_called["task"].fill_null(""),
            "billed_nano": billed,
        }
    )
    named = matched(raw.requests, after)
    moved = both.filter(pl.col("before") != pl.col("after"))
    return Preview(
        hours=len(hours),
        requests=both.height,
        priced=both.height - billed.null_count(),
        tasks=tuple(_tasks(both)),
        changed=moved.height,
        moved=tuple(_moved(moved)),
        matches=tuple(int((named == n).sum()) for n, _ in enumerate(after.rules)),
        unmatched=named.null_count(),
        unlabelled=int((both["after"] == "").sum()),
    )


def _hours(place: dict[str, Any], now: datetime) -> Sequence[datetime]:
    last = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [last - timedelta(hours=back) for back in range(HOURS)]
    rows = count_rows(**place, hours=hours, large_day=0)
    taken, seen = hours[:1], rows.get(hours[0], 0)
    for hour in hours[1:]:
        seen += rows.get(hour, 0)
        if seen > MOST_ROWS:
            break
        taken = [*taken, hour]
    return taken


def _tasks(both: pl.DataFrame) -> Sequence[TaskChange]:
    """The largest first."""
    sides = [
        both.group_by(pl.col(side).alias("task")).agg(
            pl.len().alias(f"requests{suffix}"), pl.col("billed_nano").sum().alias(f"billed_nano{suffix}")
        )
        for side, suffix in (("before", ""), ("after", "_after"))
    ]
    joined = sides[0].join(sides[1], on="task", how="full", coalesce=True).fill_null(0)
    ordered = joined.sort("requests_after", "requests", "task", descending=[True, True, False])
    return [TaskChange(**row) for row in ordered.iter_rows(named=True)]


def _moved(moved: pl.DataFrame) -> Sequence[Moved]:
    counted = moved.group_by("route", "before", "after").agg(requests=pl.len())
    ordered = counted.sort("requests", "route", "before", "after", descending=[True, False, False, False])
    return [Moved(**row) for row in ordered.head(MOST_CHANGES).iter_rows(named=True)]
