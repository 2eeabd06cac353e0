"""Cells as they stand in the tables, and what they must be: by the reference, and by plain SQL over the raw rows."""

from collections.abc import Sequence
from typing import Any

from tests.reference import totals
from tests.reference.listed import list_price
from tests.reference.nouns import Assumptions
from tests.reference.raw import Row, ask, facts, select

UNDER = totals.Under(own=Assumptions(list_price), published=Assumptions(list_price, list_first=True))
ROUNDED = ("loss_nano", "own_loss_nano")
"""Sums of rounded shares: each may be a billionth off."""
REQUEST_KEY = (
    "day", "environment", "provider", "model", "task", "route", "policy", "user_facing", "completeness",
)  # fmt: skip
TAG_KEY = ("day", "environment", "key", "value")
ATTEMPT_KEY = ("day", "environment", "provider", "model", "cause = 'ok'", "kind")


def summed(table: str, key: Sequence[str], sums: Sequence[str], deployment_id: int) -> dict[tuple[Any, ...], Row]:
    """Cells of a table added up by a key, without the product's own reading."""
    places = [f"key_{n}" for n in range(len(key))]
    columns = [f"{part} AS {place}" for part, place in zip(key, places, strict=True)]
    columns += [f"coalesce(sum({name}), 0) AS {name}" for name in sums]
    rows = select(
        f"SELECT {', '.join(columns)} FROM {table} WHERE deployment_id = %(deployment)s GROUP BY {', '.join(places)}",
        deployment_id,
    )
    return {tuple(row[place] for place in places): {name: row[name] for name in sums} for row in rows}


def differing(
    cells: dict[tuple[Any, ...], Row], expected: dict[tuple[Any, ...], dict[str, int]]
) -> list[tuple[tuple[Any, ...], str, Any, Any]]:
    """(key, sum, in the cells, expected) wherever the two are not the same."""
    found: list[tuple[tuple[Any, ...], str, Any, Any]] = []
    for key in cells.keys() | expected.keys():
        here, there = cells.get(key, {}), expected.get(key, {})
        for name in here.keys() | there.keys():
            slack = there.get("requests", 0) if name in ROUNDED else 0
            if abs(here.get(name, 0) - there.get(name, 0)) > slack:
                found.append((key, name, here.get(name), there.get(name)))
    return found


def expected_requests(deployment_id: int, under: totals.Under = UNDER) -> dict[tuple[Any, ...], dict[str, int]]:
    return totals.total(facts(deployment_id), totals.request_key, lambda one: totals.request_sums(one, under))


def expected_attempts(deployment_id: int, under: totals.Under = UNDER) -> dict[tuple[Any, ...], dict[str, int]]:
    known = totals.tries(facts(deployment_id))
    return totals.total(known, totals.attempt_key, lambda one: totals.attempt_sums(one, under))


def expected_tags(deployment_id: int, under: totals.Under = UNDER) -> dict[tuple[Any, ...], dict[str, int]]:
    told = totals.tagged(facts(deployment_id))
    return totals.total(told, totals.tag_key, lambda one: totals.tag_sums(one, under))


def cells_like(table: str, key: Sequence[str], expected: dict[tuple[Any, ...], dict[str, int]], deployment: int) -> Any:
    return summed(table, key, list(next(iter(expected.values()))), deployment)


def plain(question: str, key: Sequence[str], deployment_id: int) -> dict[tuple[Any, ...], dict[str, int]]:
    """What plain SQL over the raw rows adds up, by a key."""
    rows = ask(question, deployment_id)
    names = [name for name in rows[0] if name not in key]
    return {tuple(row[name] for name in key): {name: row[name] or 0 for name in names} for row in rows}
