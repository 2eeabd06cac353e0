"""Which hours one rebuild takes."""

from datetime import UTC, date, datetime, timedelta

from apps.rollups.plan import Bounds, hours_of, plan, widen

BOUNDS = Bounds(raw_from=date(2026, 1, 1), hours_from=date(2026, 10, 1))


def at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_an_hour_of_a_day_whose_hours_are_kept_stands_alone() -> None:
    assert widen([at(11, 1, 5)], BOUNDS) == {at(11, 1, 5)}


def test_an_hour_of_an_older_day_brings_the_whole_day() -> None:
    assert widen([at(9, 30, 5)], BOUNDS) == set(hours_of(date(2026, 9, 30)))


def test_a_sealed_day_is_left_alone() -> None:
    assert widen([datetime(2025, 12, 31, 23, tzinfo=UTC)], BOUNDS) == set()


def test_the_newest_days_come_first_and_days_are_not_torn() -> None:
    hours = [at(11, day, hour) for day in (1, 2, 3) for hour in (0, 1)]
    made = plan(hours, dict.fromkeys(hours, 10), at_once=15, in_all=45)
    assert made.hours == [at(11, 2, 0), at(11, 2, 1), at(11, 3, 0), at(11, 3, 1)]
    assert made.left == {at(11, 1, 0), at(11, 1, 1)}
    assert [len(portion) for portion in made.portions] == [1, 1, 1, 1]


def test_one_day_is_taken_however_large() -> None:
    hours = hours_of(date(2026, 11, 1))
    made = plan(hours, dict.fromkeys(hours, 10**9))
    assert made.hours == hours
    assert not made.left


def test_hours_without_rows_are_replaced_too() -> None:
    made = plan([at(11, 1, 0) + timedelta(hours=n) for n in range(3)], {})
    assert len(made.hours) == 3
    assert len(made.portions) == 1
