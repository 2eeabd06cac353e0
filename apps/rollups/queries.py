"""Reading everything of a window from cells; all need an open organization. Answers are frozen dataclasses."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import sql

from apps.rollups.parts import Waited
from apps.rollups.select import merged, placed, summed, summed_beside_days
from apps.rollups.sums import ATTEMPT_SUMS, BASES, REQUEST_SUMS, AttemptSums, RequestSums
from apps.rollups.totals import Provider, Totals, add, add_attempts

PRODUCTION = "production"


@dataclass(frozen=True)
class Window:
    """One deployment's totals, and the sums of its days with requests, or `waited` alone where no more was asked for."""

    totals: Totals
    days: Mapping[date, RequestSums]
    waited: Mapping[date, Waited] = field(default_factory=dict)


def windows(
    *,
    organization_id: int,
    deployment_ids: Collection[int],
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
    sketches: Sequence[str] = BASES,
    with_attempts: bool = True,
    with_days: bool = True,
) -> dict[int, Window]:
    """By deployment, everything of the days `start` to `end`, both included; three statements, however many there are.

    Sketches are most of what it costs; metrics need those of routing overhead alone, and may be left as attempts and
    providers may.
    Without days no more is told of each than `waited`.
    """
    place = placed(organization_id, deployment_ids, start, end, environment)
    found = _cells(["deployment_id"], place, with_days=with_days, with_attempts=with_attempts)
    merged_sketches = merged(["deployment_id"], sketches, place)
    return {
        one: window_of(found.get((one,), Cells()), start, end, environment, merged_sketches.get((one,), {}))
        for one in deployment_ids
    }


def windows_by_environment(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date
) -> dict[tuple[int, str], Window]:
    """By deployment and environment, without sketches, attempts, providers and days; absent where no request names it."""
    place = placed(organization_id, deployment_ids, start, end, environment=None)
    found = _cells(["deployment_id", "environment"], place, with_days=False, with_attempts=False)
    return {(one, name): window_of(cells, start, end, name, {}) for (one, name), cells in found.items()}


@dataclass
class Cells:
    """What is being summed for one window."""

    classes: dict[str, list[RequestSums]] = field(default_factory=dict)
    days: dict[date, list[RequestSums]] = field(default_factory=dict)
    waited: dict[date, Waited] = field(default_factory=dict)
    providers: dict[str, AttemptSums] = field(default_factory=dict)


def _cells(
    keys: Sequence[str], place: tuple[sql.SQL, Mapping[str, Any]], *, with_days: bool, with_attempts: bool
) -> dict[tuple[Any, ...], Cells]:
    """By the values of `keys`; two statements."""
    found = _by_day(keys, place) if with_days else _with_waited(keys, place)
    width = len(keys)
    for row in summed("attempt", ATTEMPT_SUMS, [*keys, "provider"], place) if with_attempts else []:
        found[row[:width]].providers[row[width]] = AttemptSums(*row[width + 1 :])
    return found


def _by_day(keys: Sequence[str], place: tuple[sql.SQL, Mapping[str, Any]]) -> dict[tuple[Any, ...], Cells]:
    found: dict[tuple[Any, ...], Cells] = defaultdict(Cells)
    width = len(keys)
    for row in summed("whole", REQUEST_SUMS, [*keys, "day", "completeness"], place):
        cells, (day, completeness), sums = found[row[:width]], row[width : width + 2], RequestSums(*row[width + 2 :])
        cells.classes.setdefault(completeness, []).append(sums)
        cells.days.setdefault(day, []).append(sums)
    return found


def _with_waited(keys: Sequence[str], place: tuple[sql.SQL, Mapping[str, Any]]) -> dict[tuple[Any, ...], Cells]:
    found: dict[tuple[Any, ...], Cells] = defaultdict(Cells)
    width, end = len(keys), len(keys) + 1 + len(REQUEST_SUMS)
    for row in summed_beside_days(REQUEST_SUMS, Waited._fields, keys, place):
        cells = found[row[:width]]
        cells.classes[row[width]] = [RequestSums(*row[width + 1 : end])]
        cells.waited = dict(zip(row[end], map(Waited, *row[end + 1 :]), strict=True))
    return found


def window_of(
    cells: Cells, start: date, end: date, environment: str | None, sketches: Mapping[str, tuple[int, ...]]
) -> Window:
    attempts = add_attempts(cells.providers.values())
    providers = {name: Provider(sums.attempts, sums.served, sums.billed_nano) for name, sums in cells.providers.items()}
    return Window(
        Totals(
            start=start,
            end=end,
            environment=environment,
            active_days=len(cells.days or cells.waited),
            by_completeness={name: add(some) for name, some in sorted(cells.classes.items())},
            attempts=attempts,
            providers=providers,
            sketches=sketches,
        ),
        {day: add(some) for day, some in sorted(cells.days.items())},
        cells.waited,
    )


def totals(
    *,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
    sketches: Sequence[str] = BASES,
) -> Totals:
    """Everything of a window (days, both included): sums, providers and sketches."""
    found = windows(
        organization_id=organization_id,
        deployment_ids=[deployment_id],
        start=start,
        end=end,
        environment=environment,
        sketches=sketches,
    )
    return found[deployment_id].totals
