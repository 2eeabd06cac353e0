"""Sketches of cells, merged as they come: the same sums, and never all of them in memory."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any
from weakref import WeakSet

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from apps.organizations import access
from apps.rollups import fold
from apps.rollups.rebuild import rebuild
from tests.connections import acting_as
from tests.rollups.tenants import NOW, store, tenant, traffic

NAMES = ("one", "other")


class Sketch(list[int]):
    __hash__ = object.__hash__  # type: ignore[assignment]


def rows(seed: int, held: WeakSet[Sketch], most: list[int]) -> Iterator[tuple[Any, ...]]:
    random = Random(seed)
    for n in range(400):
        cell = Sketch(random.randrange(30) << 32 | random.randrange(1, 9) for _ in range(random.randrange(4)))
        held.add(cell)
        yield n % 7, "ab"[n % 2], cell, (None, [])[n % 2]
        del cell
        most.append(sum(map(len, held)))


@pytest.mark.parametrize("at_once", [0, 40, 10**6])
def test_sums_are_the_same_however_many_cells_are_held_at_once(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold, "AT_ONCE", at_once)
    counts: dict[tuple[Any, ...], Counter[int]] = {}
    for *key, sketch, _ in rows(9, WeakSet(), []):
        for entry in sketch:
            counts.setdefault(tuple(key), Counter())[entry >> 32] += entry & 0xFFFFFFFF
    wanted = {key: {"one": tuple(b << 32 | told[b] for b in sorted(told))} for key, told in sorted(counts.items())}
    held, most = WeakSet[Sketch](), list[int]()
    found = fold.folded(rows(9, held, most), NAMES)
    assert found == wanted
    assert list(found) == list(wanted)
    assert max(most) <= at_once + 6 or at_once > max(most)


def test_nothing_is_merged_to_nothing() -> None:
    assert fold.folded([], NAMES) == {}
    assert fold.folded([(1, None, []), (2, [], None)], NAMES) == {}


@pytest.mark.usefixtures("priced")
def test_what_is_read_in_binary_stays_behind_the_walls_is_counted_and_fails_as_everything_does() -> None:
    owners = [tenant(), tenant()]
    for owner in owners:
        store(owner, traffic(11, 20, days=2))
        rebuild(**owner.place, now=NOW)
    everything = sql.SQL("SELECT DISTINCT organization_id FROM rollups_request_day WHERE day <= {day}").format(
        day=sql.Placeholder("day")
    )
    with acting_as("web"):
        for owner in owners:
            with access.scope(owner.organization_id), CaptureQueriesContext(connection) as asked:
                assert list(fold.in_binary(everything, {"day": NOW.date()})) == [(owner.organization_id,)]
            assert sum("rollups_request_day" in one["sql"] for one in asked) == 1
        assert list(fold.in_binary(everything, {"day": NOW.date()})) == []
        with pytest.raises(DataError):
            list(fold.in_binary(sql.Composed([sql.SQL("SELECT 1 / %(none)s::int")]), {"none": 0}))


def test_rows_are_fetched_some_at_a_time_and_all_of_them_come() -> None:
    numbers = sql.Composed([sql.SQL("SELECT n, ARRAY[n, -n]::bigint[] FROM generate_series(1, %(most)s) AS n")])
    most = 2 * fold.ROWS_AT_ONCE + 1
    with acting_as("web"), transaction.atomic():
        found = fold.in_binary(numbers, {"most": most})
        assert next(found) == (1, [1, -1])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (1,)
        assert [n for n, _ in found] == list(range(2, most + 1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (0,)
