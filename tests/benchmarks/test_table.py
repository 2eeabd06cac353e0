"""What is published at how many organizations."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.benchmarks.disclosure import table as module
from apps.benchmarks.disclosure.grid import candidates, times
from apps.benchmarks.disclosure.peers import BANDS, Level, band, level, level_of_band
from apps.benchmarks.disclosure.policy import POLICY
from apps.benchmarks.disclosure.table import Table, publish
from tests.benchmarks.pools import GRID, spread, values

FIGURES = ("coarse_median", "median", "interval_low", "interval_high", "p10", "p25", "p75", "p90")


def shown(table: Table) -> set[str]:
    return {name for name in FIGURES if getattr(table, name) is not None}


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, set()),
        (9, set()),
        (10, {"coarse_median"}),
        (19, {"coarse_median"}),
        (20, {"coarse_median", "median", "interval_low", "interval_high", "p25", "p75"}),
        (199, {"coarse_median", "median", "interval_low", "interval_high", "p25", "p75"}),
        (200, set(FIGURES)),
    ],
)
def test_the_floors_say_which_figures_exist(n: int, expected: set[str]) -> None:
    assert shown(publish(values(spread(n)), GRID)) == expected


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, ""),
        (9, ""),
        (10, "10-14"),
        (14, "10-14"),
        (15, "15-19"),
        (19, "15-19"),
        (20, "20-29"),
        (30, "30-49"),
        (50, "50-74"),
        (75, "75-99"),
        (100, "100-199"),
        (199, "100-199"),
        (200, "200+"),
        (5_000, "200+"),
    ],
)
def test_n_is_told_in_bands(n: int, expected: str) -> None:
    assert band(n) == expected
    assert publish(values(spread(n)), GRID).peers == expected


@given(n=st.integers(0, 400))
def test_a_band_has_one_level(n: int) -> None:
    assert level_of_band(band(n)) is level(n)


def test_what_is_no_band_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        level_of_band("12")


def test_the_median_of_ten_lies_on_the_coarse_grid() -> None:
    table = publish([0.083] * 10, GRID)
    assert table == Table(peers="10-14", coarse_median=0.08)
    assert table.coarse_median in candidates(GRID, POLICY.coarseness)


def test_a_table_of_twenty_by_hand() -> None:
    """0.011, 0.021 ... 0.201: median 0.106; ranks 6 and 15; type 7 gives p25 = 0.0585, p75 = 0.1535."""
    table = publish([0.011 + 0.01 * i for i in range(20)], GRID)
    assert asdict(table) == {
        "peers": "20-29",
        "coarse_median": 0.1,
        "median": 0.105,
        "interval_low": 0.06,
        "interval_high": 0.155,
        "p10": None,
        "p25": 0.055,
        "p75": 0.155,
        "p90": None,
    }


def test_a_table_of_two_hundred_by_hand() -> None:
    """0.0 to 0.995 by 0.005 are their own candidates; type 7: p10 = 0.0995, p90 = 0.8955, which round outward."""
    table = publish([i / 200 for i in range(200)], GRID)
    assert (table.p10, table.p25, table.p75, table.p90) == (0.095, 0.245, 0.75, 0.9)
    assert (table.interval_low, table.interval_high) == (0.425, 0.565)


def test_a_tail_needs_five_organizations_at_or_beyond_it() -> None:
    """The usual floors imply the rule; under lower ones it must still hold."""
    low = replace(POLICY, median_from=3, quartiles_from=6, tails_from=12)
    twelve = publish(values(spread(12)), GRID, policy=low)
    assert shown(twelve) == {"coarse_median", "median"}
    assert shown(publish(values(spread(17)), GRID, policy=low)) >= {"p25", "p75"}
    tied = publish([0.1] * 5 + [0.5] * 7, GRID, policy=low)
    assert (tied.p10, tied.p90) == (0.1, 0.5)


@given(data=st.lists(st.floats(0, 1), min_size=10, max_size=260), seed=st.randoms())
def test_the_same_values_in_any_order_give_the_same_ordered_table(data: list[float], seed: object) -> None:
    table = publish(data, GRID)
    shuffled = data[:]
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert publish(shuffled, GRID) == table
    figures = [getattr(table, name) for name in ("p10", "p25", "median", "p75", "p90")]
    ascending = [figure for figure in figures if figure is not None]
    assert ascending == sorted(ascending)
    assert all(getattr(table, name) in candidates(GRID) for name in shown(table))


def test_values_outside_the_range_are_clipped() -> None:
    assert publish([1e9] * 20, times(1, 1_000)).median == 1_000.0
    assert publish([0.0] * 20, times(1, 1_000)).interval_low == 1.0


def test_figures_that_settling_has_crossed_are_sorted() -> None:
    """Rounding alone does not cross them; noise will."""
    assert module._sorted([0.2, None, 0.1, 0.4, 0.3]) == [0.1, None, 0.2, 0.3, 0.4]


def test_every_band_has_a_level() -> None:
    assert [level_of_band(name) for name in BANDS] == (
        [Level.NOTHING] + [Level.MEDIAN] * 2 + [Level.QUARTILES] * 5 + [Level.TAILS]
    )
