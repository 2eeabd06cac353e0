"""Labels beyond a bound fold into one, the smallest first."""

import polars as pl
import pytest

from apps.organizations import access
from apps.rollups import labels, stored
from apps.rollups.labels import OTHER, fold
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import REQUESTS
from apps.rollups.verify import verify
from tests.rollups.tenants import NOW, store, tenant, traffic

ROWS = pl.DataFrame({"hour": [1] * 7 + [2] * 2, "task": ["a", "a", "a", "b", "c", "c", "d", "d", "b"]})


def folded(limit: int) -> list[str]:
    return fold(ROWS, "hour", pl.len(), {"task": limit})["task"].to_list()


def test_the_greatest_labels_of_each_period_stay() -> None:
    assert folded(2) == ["a", "a", "a", OTHER, "c", "c", OTHER, "d", "b"]


def test_a_tie_goes_by_the_alphabet() -> None:
    assert folded(3) == ["a", "a", "a", "b", "c", "c", OTHER, "d", "b"]


def test_within_the_bound_nothing_changes() -> None:
    assert fold(ROWS, "hour", pl.len(), {"task": 4}).equals(ROWS)


def test_all_labels_of_the_smallest_combinations_fold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST_CELLS", 2)
    rows = pl.DataFrame(
        {"hour": [1, 1, 1, 1, 2], "task": ["a", "a", "b", "b", "b"], "route": ["x", "x", "x", "y", "y"]}
    )
    folded_rows = labels.fold_combinations(rows, "hour", pl.len())
    assert folded_rows["task"].to_list() == ["a", "a", "b", OTHER, "b"]
    assert folded_rows["route"].to_list() == ["x", "x", "x", OTHER, "y"]


@pytest.mark.parametrize("most_cells", [labels.MOST_CELLS, 20])
def test_folded_cells_are_the_same_at_once_and_piecemeal_and_verify(
    priced: None, monkeypatch: pytest.MonkeyPatch, most_cells: int
) -> None:
    monkeypatch.setitem(labels.LIMITS, "route", 2)
    monkeypatch.setattr(labels, "MOST_CELLS", most_cells)
    requests = traffic(60, 250, days=2)
    owner, piecemeal = tenant(), tenant()
    store(owner, requests)
    rebuild(**owner.place, now=NOW)
    for part in (requests[::2], requests[1::2]):
        store(piecemeal, part)
        rebuild(**piecemeal.place, now=NOW)
    found = []
    for one in (owner, piecemeal):
        with access.scope(one.organization_id):
            found.append(stored.day_cells(REQUESTS, days=[NOW.date()], **one.place).sort(REQUESTS.keys))
        assert next(iter(verify(organization_id=one.organization_id, now=NOW))).different_cells == 0
    assert found[0].equals(found[1])
    assert OTHER in found[0]["route"]
    assert found[0]["route"].n_unique() <= 3
