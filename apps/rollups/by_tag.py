"""Reading cells by tag; all need an open organization.

Requests without the key are what the cells of requests hold beside those of its values. On days with more keys than are told
apart it cannot be known that they had none, and they count among what is folded.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection
from psycopg import sql

from apps.rollups.labels import OTHER
from apps.rollups.queries import PRODUCTION
from apps.rollups.sums import TAG_SUMS, RequestSums

SQL = Path(__file__).parent / "sql"
Place = TypeVar("Place")
MOST_KEYS = 12
"""That are offered to group deployments by."""
MOST_VALUES = 1_000
"""That a window tells apart, the dearest: a day may have two hundred, and each day others."""


@dataclass(frozen=True)
class TagKey:
    """A key that requests carry, in any environment."""

    key: str
    values: int
    requests: int
    billed_nano: int


@dataclass(frozen=True)
class TagKeys:
    """The dearest first, and on how many days there were more of them than are told apart."""

    keys: tuple[TagKey, ...]
    crowded_days: int

    @property
    def dearest(self) -> str | None:
        return self.keys[0].key if self.keys else None


@dataclass(frozen=True)
class LabelsOfDeployments:
    """`environments` in alphabetical order; `keys` of tags, the most used first. `dominant`: by deployment, the value that most
    of its requests with the key carry."""

    environments: tuple[str, ...]
    keys: tuple[str, ...]
    dominant: Mapping[int, str]
    """Without those of which no request carries the key."""


def dearest_key(*, organization_id: int, deployment_ids: Collection[int], start: date, end: date) -> str | None:
    """Of all these deployments together, in any environment; None: no request carried a tag."""
    place = {"organization": organization_id, "deployments": list(deployment_ids), "start": start, "end": end}
    return next((key for (key,) in _asked(_read("dearest_key"), {**place, "other": OTHER})), None)


def _keys(rows: Sequence[tuple[Any, ...]]) -> TagKeys:
    """Of a key, its values, its requests, what was billed under it, and its days; the dearest first."""
    return TagKeys(
        tuple(TagKey(*figures) for *figures, _ in rows if figures[0] != OTHER),
        next((days for key, *_, days in rows if key == OTHER), 0),
    )


ByTag = dict[str | None, dict[date, RequestSums]]


def requests_by_tag(
    key: str,
    *,
    organization_id: int,
    since: Mapping[int, Sequence[date]],
    end: date,
    environment: str | None = PRODUCTION,
) -> dict[int, ByTag]:
    """As `by_label.requests_by_stretch`, by a tag's value: None for requests without the key. Sums are those of TAG_SUMS.

    By deployment, each with its `since`; one statement, and without those that have no requests."""
    if not since:
        return {}
    values = {
        "organization": organization_id,
        "deployments": list(since),
        "of": [one for one, days in since.items() for _ in days],
        "since": [day for days in since.values() for day in days],
        "start": min(days[0] for days in since.values()),
        "end": end,
        "environment": environment,
        "key": key,
        "other": OTHER,
        "most": MOST_VALUES,
    }
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for one, *row in _stretches("stretches_of_deployments", values):
        rows.setdefault(one, []).append(tuple(row))
    return {one: _by_value(some, since[one]) for one, some in rows.items()}


def keys_and_requests_by_tag(
    key: str,
    *,
    organization_id: int,
    deployment_id: int,
    since: Sequence[date],
    end: date,
    environment: str | None = PRODUCTION,
) -> tuple[TagKeys, ByTag]:
    """The keys there are, and `requests_by_tag` by this one or, without one, by the dearest; one statement."""
    values = {
        "organization": organization_id,
        "deployment": deployment_id,
        "start": since[0],
        "end": end,
        "since": list(since),
        "environment": environment,
        "key": key or None,
        "other": OTHER,
        "most": MOST_VALUES,
    }
    rows = _stretches("stretches_by_tag", values)
    keys = sorted((place, name, figures) for is_key, name, place, _, figures in rows if is_key)
    return _keys([(name, *figures) for _, name, figures in keys]), _by_value(
        [row for is_key, *row in rows if not is_key], since
    )


def _stretches(question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    columns = [sql.Identifier(name) for name in TAG_SUMS]
    cells = sql.SQL(", ").join(sql.SQL("sum({0})::bigint AS {0}").format(one) for one in columns)
    sums = sql.SQL(", ").join(sql.SQL("coalesce(sum({})::bigint, 0)").format(one) for one in columns)
    return _asked(sql.SQL(_read(question)).format(cells=cells, sums=sums), values)


def _by_value(rows: Sequence[Sequence[Any]], since: Sequence[date]) -> ByTag:
    found: dict[tuple[str | None, date], list[int]] = {}
    with_key: dict[tuple[int, bool], list[int]] = {}
    for value, number, is_crowded, figures in rows:
        place = number, is_crowded
        if value is not None:
            _add(with_key, place, figures)
            _add(found, (value, since[number - 1]), figures)
        elif any(rest := _beside(with_key.get(place), figures)):  # all values came before
            _add(found, (OTHER if is_crowded else None, since[number - 1]), rest)
    return _by_label(found)


def labels_of_deployments(
    key: str,
    *,
    organization_id: int,
    deployment_ids: Collection[int],
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
) -> LabelsOfDeployments:
    """Of several deployments, which environments and keys of tags their requests name, and the value of `key` that stands for
    each; one statement."""
    values = {
        "organization": organization_id,
        "deployments": list(deployment_ids),
        "start": start,
        "end": end,
        "environment": environment,
        "key": key,
        "other": OTHER,
        "most": MOST_KEYS,
    }
    rows = _asked(_read("labels_of_deployments"), values)
    told = {kind: [(one, name) for of, one, name, _ in rows if of == kind] for kind in ("environment", "key", "value")}
    return LabelsOfDeployments(
        tuple(name for _, name in told["environment"]),
        tuple(name for _, name in told["key"]),
        dict(told["value"]),
    )


def _add(found: dict[Place, list[int]], place: Place, figures: Sequence[int]) -> None:
    known = found.get(place)
    found[place] = [one + more for one, more in zip(known, figures, strict=True)] if known else list(figures)


def _beside(part: Sequence[int] | None, whole: Sequence[int]) -> list[int]:
    return [total - known for total, known in zip(whole, part, strict=True)] if part else list(whole)


def _by_label(found: dict[tuple[str | None, date], list[int]]) -> ByTag:
    by_label: ByTag = {}
    for (label, first), figures in found.items():
        by_label.setdefault(label, {})[first] = RequestSums(**dict(zip(TAG_SUMS, figures, strict=True)))
    return by_label


def _read(question: str) -> str:
    return (SQL / f"{question}.sql").read_text()


def _asked(query: str | sql.Composed, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
