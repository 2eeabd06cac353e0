"""What a viewer is shown, and in which words: functions of the published table alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.benchmarks.disclosure.peers import BANDS, Level
from apps.benchmarks.disclosure.table import Table, publish
from apps.benchmarks.disclosure.verdict import Place, judge, say
from apps.benchmarks.disclosure.view import NOT_ENOUGH, view
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from tests.benchmarks.pools import GRID, spread, values

LOWER, HIGHER = YARDSTICKS["failure_rate"], YARDSTICKS["efficiency_billing"]
WIDE = Table(
    peers="200+",
    coarse_median=0.1,
    median=0.1,
    interval_low=0.09,
    interval_high=0.11,
    p10=0.02,
    p25=0.05,
    p75=0.15,
    p90=0.18,
)


@pytest.mark.parametrize(
    ("others", "level", "figures"),
    [
        ("", Level.NOTHING, (None, None, None)),
        ("10-14", Level.MEDIAN, (0.1, None, None)),
        ("15-19", Level.MEDIAN, (0.1, None, None)),
        ("20-29", Level.QUARTILES, (0.1, 0.05, None)),
        ("100-199", Level.QUARTILES, (0.1, 0.05, None)),
        ("200+", Level.TAILS, (0.1, 0.05, 0.02)),
    ],
)
def test_a_viewer_sees_what_its_own_others_allow(others: str, level: Level, figures: tuple[float | None, ...]) -> None:
    seen = view(WIDE, others)
    assert seen.level is level
    assert (seen.median, seen.table.p25, seen.table.p10) == figures
    assert seen.table.peers == others
    assert seen.table.coarse_median is None


def test_a_viewer_with_few_others_sees_the_coarse_median_of_a_fine_table() -> None:
    table = publish([0.083] * 20, GRID)
    assert (table.median, view(table, "15-19").median) == (0.085, 0.08)
    assert view(table, "15-19").table.interval_low is None


def test_a_view_never_claims_more_than_the_table_has() -> None:
    ten = publish(values(spread(10)), GRID)
    assert view(ten, "200+").level is Level.MEDIAN
    assert view(Table(peers=""), "200+") == NOT_ENOUGH


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (0.0, Place.BEST_TENTH),
        (0.02, Place.BEST_TENTH),
        (0.021, Place.BEST_QUARTER),
        (0.05, Place.BEST_QUARTER),
        (0.051, Place.BETTER),
        (0.097, Place.BETTER),
        (0.098, Place.MEDIAN),
        (0.102, Place.MEDIAN),
        (0.103, Place.WORSE),
        (0.149, Place.WORSE),
        (0.15, Place.WORST_QUARTER),
        (0.179, Place.WORST_QUARTER),
        (0.18, Place.WORST_TENTH),
        (7.0, Place.WORST_TENTH),
    ],
)
def test_where_lower_is_better_there_are_six_bands_and_the_median(value: float, place: Place) -> None:
    verdict = judge(value, view(WIDE, "200+"), LOWER)
    assert verdict is not None
    assert verdict.place is place


@pytest.mark.parametrize(
    ("others", "places"),
    [
        ("10-14", {Place.BETTER, Place.MEDIAN, Place.WORSE}),
        ("20-29", {Place.BEST_QUARTER, Place.BETTER, Place.MEDIAN, Place.WORSE, Place.WORST_QUARTER}),
        ("200+", set(Place)),
    ],
)
def test_the_bands_are_those_of_the_level(others: str, places: set[Place]) -> None:
    seen = view(WIDE, others)
    verdicts = [judge(step / 1_000, seen, LOWER) for step in range(201)]
    assert {verdict.place for verdict in verdicts if verdict} == places


def test_where_higher_is_better_the_table_is_read_from_the_other_end() -> None:
    seen = view(publish([0.5 + i / 400 for i in range(200)], HIGHER.grid), "200+")
    places = [judge(value, seen, HIGHER) for value in (0.99, 0.91, 0.8, 0.7, 0.55, 0.54)]
    assert [verdict.place for verdict in places if verdict] == [
        Place.BEST_TENTH,
        Place.BEST_QUARTER,
        Place.BETTER,
        Place.WORSE,
        Place.WORST_QUARTER,
        Place.WORST_TENTH,
    ]


def test_no_median_no_verdict() -> None:
    assert judge(0.1, view(WIDE, ""), LOWER) is None


def test_a_value_in_the_interval_of_the_median_is_told_so() -> None:
    seen = view(WIDE, "20-29")
    inside, outside = judge(0.108, seen, LOWER), judge(0.12, seen, LOWER)
    assert inside is not None
    assert outside is not None
    assert (inside.place, inside.within_interval) == (Place.WORSE, True)
    assert (outside.place, outside.within_interval) == (Place.WORSE, False)
    coarse = judge(0.108, view(WIDE, "10-14"), LOWER)
    assert coarse is not None
    assert coarse.within_interval is None


@pytest.mark.parametrize(
    ("metric", "place", "words"),
    [
        ("failure_rate", Place.BEST_QUARTER, "in the best quarter of peers"),
        ("failure_rate", Place.BETTER, "better than the median"),
        ("efficiency_billing", Place.WORST_QUARTER, "in the dearest quarter of peers"),
        ("routing_overhead_ms_p50", Place.WORSE, "slower than the median"),
        ("retry_rate", Place.MEDIAN, "at the median"),
    ],
)
def test_verdicts_are_words(metric: str, place: Place, words: str) -> None:
    assert say(place, YARDSTICKS[metric]) == words


@given(value=st.floats(0, 1), others=st.sampled_from(BANDS), n=st.integers(0, 240))
def test_a_verdict_follows_from_what_is_shown(value: float, others: str, n: int) -> None:
    """Computed again from the shown figures alone it is the same: it carries no more than the table."""
    seen = view(publish(values(spread(n)), GRID), others)
    public = Table(**{name: getattr(seen.table, name) for name in Table.__dataclass_fields__})
    assert judge(value, type(seen)(seen.level, public, seen.coarseness), LOWER) == judge(value, seen, LOWER)
