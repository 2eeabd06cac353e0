"""Weeks are ISO weeks in UTC; a week is due half an hour after its Sunday has ended."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from apps.benchmarks.weeks import Week


def test_a_week_reads_and_writes_its_name() -> None:
    assert str(Week.parse("2026-W47")) == "2026-W47"
    assert Week.parse("2026-W47").monday == date(2026, 11, 16)
    assert str(Week.of(date(2026, 1, 1))) == "2026-W01"
    assert str(Week.of(date(2027, 1, 3))) == "2026-W53"


@pytest.mark.parametrize("text", ["2026-47", "2026-W54", "2025-W53", "2026-W00", "", "2026-W47\n"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"week|Invalid"):
        Week.parse(text)


def test_the_window_is_four_weeks_to_sunday() -> None:
    week = Week.parse("2026-W47")
    assert (week.first_day, week.last_day) == (date(2026, 10, 26), date(2026, 11, 22))
    assert week.freeze_at == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 23, 0, 29, 59, tzinfo=UTC), "2026-W46"),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 11, 30, 0, 0, tzinfo=UTC), "2026-W47"),
        (datetime(2026, 11, 23, 11, 0, tzinfo=timezone(timedelta(hours=13))), "2026-W46"),
    ],
)
def test_a_week_is_due_on_monday_at_half_past_midnight_utc(now: datetime, due: str) -> None:
    assert str(Week.last_due(now)) == due


def test_the_week_after_the_fifty_third_is_the_first() -> None:
    assert Week.parse("2027-W01").back(1) == Week.parse("2026-W53")
