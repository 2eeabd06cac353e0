"""The benches of rollups, on histories of a few hundred requests: what they measure is right, whatever it takes."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from django.utils import timezone

from apps.bench import stack, study, study_cells
from apps.bench.benches import accuracy, pages, rollup
from apps.bench.result import Result
from apps.traces.partitions import maintain
from tests.connections import acting_as
from tests.names import unique

pytestmark = pytest.mark.load

DAYS = 10


@pytest.fixture(autouse=True)
def short_history(as_worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten days, of which the tables are there already."""
    monkeypatch.setattr(study, "DAYS", DAYS)
    monkeypatch.setattr(study, "DEPLOYMENTS", 3)
    monkeypatch.setattr(stack, "prepare", lambda **_: None)
    with acting_as("owner"):
        maintain(today=datetime.now(UTC).date(), days=DAYS + 1)


def ratios(result: Result) -> dict[str, float]:
    return {one.name: one.value for one in result.ratios}


def test_a_rebuild_is_measured_beside_its_floors_and_verified() -> None:
    result = rollup.run({"requests": "60,120", "rounds": 1})
    assert [row["what"] for row in result.rows] == [
        *(f"{kind} {size}" for size in (60, 120) for kind in ("rebuild", "group by", "copy out")),
        "tagged 60",
    ]
    assert ratios(result).keys() >= {"copy out / rebuild, 120, CPU", "CPU a request, tagged / untagged"}
    assert "60 requests" in result.notes[0]


def test_quantiles_from_cells_are_as_near_as_promised_and_sums_equal() -> None:
    result = accuracy.run({"requests": 400})
    assert sum(int(str(row["requests"])) for row in result.rows) == 400
    assert len(result.ratios) == 9
    assert all(one.reached for one in result.ratios)


def test_each_page_and_answer_is_asked_for_with_its_statements_and_bytes() -> None:
    result = pages.run({"requests": 60, "visits": 2})
    told = {str(row["path"]): row for row in result.rows}
    assert "select 1" in told
    assert all(int(str(row["statements"])) > 0 for row in result.rows)
    page = next(path for path in told if path.endswith("/standing") and path.startswith("/o/"))
    assert int(str(told[page]["bytes"])) > 1_000


def test_a_list_of_many_deployments_asks_no_more_than_one_of_few() -> None:
    (laid,) = study_cells.laid_out(60, now=timezone.now(), name=unique("few"))
    study_cells.rebuild_whole(laid, now=timezone.now())
    few = pages._visited(laid, 2)
    study.DEPLOYMENTS = 6
    (wide,) = study_cells.laid_out(120, now=timezone.now(), name=unique("many"))
    study_cells.rebuild_whole(wide, now=timezone.now())
    many = pages._visited(wide, 2)
    assert many[f"/o/{wide.slug}/"]["queries"] == few[f"/o/{laid.slug}/"]["queries"] <= pages.MOST_QUERIES


def test_the_study_is_the_same_each_time_it_is_drawn() -> None:
    first = study.drawn(50, seed=7, first_day=date(2026, 11, 1))
    assert first.equals(study.drawn(50, seed=7, first_day=date(2026, 11, 1)))
    assert not first.equals(study.drawn(50, seed=8, first_day=date(2026, 11, 1)))
    last = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=DAYS)
    assert first.select((pl.col("received_us") < last.timestamp() * 1e6).all()).item()


@pytest.mark.parametrize("bench", [rollup, accuracy, pages])
def test_each_bench_says_what_may_be_asked_of_it(bench: object) -> None:
    parser = ArgumentParser()
    bench.add_arguments(parser)  # type: ignore[attr-defined]
    assert "requests" in vars(parser.parse_args([]))
