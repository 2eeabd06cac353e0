"""A window of one deployment with its requests taken apart by labels, all from one reading of its cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import sql

from apps.rollups.by_label import RequestKey
from apps.rollups.queries import Cells, Window, window_of
from apps.rollups.select import placed, summed_apart
from apps.rollups.sums import REQUEST_SUMS, RequestSums


@dataclass(frozen=True)
class Apart:
    """`window` without attempts, providers and sketches; `by`: for each set of labels that was asked for, the sums by their
    values, an empty one where none was told; `environments`: that requests of these days name, whichever is asked for."""

    window: Window
    by: tuple[Mapping[tuple[Any, ...], RequestSums], ...]
    environments: tuple[str, ...]


def window_apart(
    *labels: Sequence[RequestKey],
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None,
) -> Apart:
    """One statement; the cells of other environments are read to name these."""
    everywhere, only = _everywhere(organization_id, deployment_id, start, end, environment)
    sets = [("day", "completeness"), ("environment",), *labels]
    daily, environments, *others = summed_apart("request", REQUEST_SUMS, sets, everywhere, only=only)
    cells = Cells()
    for day, completeness, *values in daily:
        sums = RequestSums(*values)
        if sums.requests:
            cells.classes.setdefault(completeness, []).append(sums)
            cells.days.setdefault(day, []).append(sums)
    return Apart(
        window_of(cells, start, end, environment, {}),
        tuple(_by(some, rows) for some, rows in zip(labels, others, strict=True)),
        tuple(name for name, *_ in environments),
    )


def requests_apart(
    *labels: Sequence[RequestKey],
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None,
) -> tuple[tuple[Mapping[tuple[Any, ...], RequestSums], ...], tuple[str, ...]]:
    """`by` and `environments` of the same, where the window itself is not asked for."""
    everywhere, only = _everywhere(organization_id, deployment_id, start, end, environment)
    environments, *found = summed_apart("request", REQUEST_SUMS, [("environment",), *labels], everywhere, only=only)
    return (
        tuple(_by(some, rows) for some, rows in zip(labels, found, strict=True)),
        tuple(name for name, *_ in environments),
    )


def _everywhere(
    organization_id: int, deployment_id: int, start: date, end: date, environment: str | None
) -> tuple[tuple[sql.SQL, dict[str, Any]], sql.SQL | None]:
    """The place of all environments, and the condition of the one whose cells are summed. Its name is a value and no literal:
    in a literal, a `%` would be read as the beginning of a value."""
    where, values = placed(organization_id, [deployment_id], start, end, environment=None)
    only = None if environment is None else sql.SQL("environment = %(only)s")
    return (where, values | {"only": environment}), only


def _by(labels: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], RequestSums]:
    """Without labels that requests of other environments alone have."""
    n = len(labels)
    told = {tuple(row[:n]): RequestSums(*row[n:]) for row in rows}
    return {label: sums for label, sums in told.items() if sums.requests}
