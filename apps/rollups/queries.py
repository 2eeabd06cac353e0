"""Reading everything of a window from cells; all need an open organization. Answers are frozen dataclasses."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import sql

from apps.rollups.select import merged, placed, summed, under
from apps.rollups.sums import ATTEMPT_SUMS, REQUEST_SKETCHES, REQUEST_SUMS, AttemptSums, RequestSums
from apps.rollups.totals import Provider, Totals, add, add_attempts

PRODUCTION = "production"
DAYS = sql.SQL("array_agg(DISTINCT day)")


@dataclass(frozen=True)
class Window:
    """One deployment's totals, and the sums of its days with requests.

    Where stretches of days are told together, each stands under its last day with a request.
    """

    totals: Totals
    days: Mapping[date, RequestSums]


def windows(
    *,
    organization_id: int,
    deployment_ids: Collection[int],
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
    with_sketches: bool = True,
    with_attempts: bool = True,
    policy: str | None = None,
    stretches: Sequence[date] = (),
) -> dict[int, Window]:
    """By deployment, everything of the days `start` to `end`, both included; three statements, however many there are.

    Sketches are most of what it costs, and only quantiles need them; attempts and providers may be left as well. With a
    `policy`, the requests that were sent under it alone, without attempts and providers, which are not told apart by it.
    `stretches`: first days of those that are summed together, the first of them the window's; else each day is by itself.
    """
    everything = placed(organization_id, deployment_ids, start, end, environment)
    place = everything if policy is None else under(policy, everything)
    found = _cells(["deployment_id"], place, stretches, with_attempts=with_attempts and policy is None)
    sketches = merged("deployment_id", REQUEST_SKETCHES, place) if with_sketches else {}
    return {
        one: window_of(found.get((one,), Cells()), start, end, environment, sketches.get(one, {}))
        for one in deployment_ids
    }


def windows_by_environment(
    *, organization_id: int, deployment_ids: Collection[int], start: date, end: date, stretches: Sequence[date] = ()
) -> dict[tuple[int, str], Window]:
    """By deployment and environment, without sketches, attempts and providers; absent where no request names it."""
    place = placed(organization_id, deployment_ids, start, end, environment=None)
    found = _cells(["deployment_id", "environment"], place, stretches, with_attempts=False)
    return {(one, name): window_of(cells, start, end, name, {}) for (one, name), cells in found.items()}


@dataclass
class Cells:
    """What is being summed for one window."""

    classes: dict[str, list[RequestSums]] = field(default_factory=dict)
    periods: dict[date | int, list[RequestSums]] = field(default_factory=dict)
    days: dict[date | int, set[date]] = field(default_factory=dict)
    """With requests, in each period."""
    providers: dict[str, AttemptSums] = field(default_factory=dict)


def _cells(
    keys: Sequence[str],
    place: tuple[sql.SQL, Mapping[str, Any]],
    stretches: Sequence[date],
    *,
    with_attempts: bool,
) -> dict[tuple[Any, ...], Cells]:
    """By the values of `keys`; two statements."""
    found: dict[tuple[Any, ...], Cells] = defaultdict(Cells)
    width = len(keys)
    period = sql.SQL("width_bucket(day, {}::date[])").format(sql.Literal(list(stretches))) if stretches else "day"
    for row in summed("request", (DAYS, *REQUEST_SUMS), [*keys, period, "completeness"], place):
        cells, sums = found[row[:width]], RequestSums(*row[width + 3 :])
        number, completeness, days = row[width : width + 3]
        cells.classes.setdefault(completeness, []).append(sums)
        cells.periods.setdefault(number, []).append(sums)
        cells.days.setdefault(number, set()).update(days)
    for row in summed("attempt", ATTEMPT_SUMS, [*keys, "provider"], place) if with_attempts else []:
        found[row[:width]].providers[row[width]] = AttemptSums(*row[width + 1 :])
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
            active_days=len(set().union(*cells.days.values())),
            by_completeness={name: add(some) for name, some in sorted(cells.classes.items())},
            attempts=attempts,
            providers=providers,
            sketches=sketches,
        ),
        {max(cells.days[number]): add(some) for number, some in cells.periods.items()},
    )


def totals(
    *, organization_id: int, deployment_id: int, start: date, end: date, environment: str | None = PRODUCTION
) -> Totals:
    """Everything of a window (days, both included): sums, providers and sketches."""
    found = windows(
        organization_id=organization_id,
        deployment_ids=[deployment_id],
        start=start,
        end=end,
        environment=environment,
    )
    return found[deployment_id].totals
