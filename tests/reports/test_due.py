"""The mail leaves at the first eight o'clock on the organization's wall after the freeze."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from apps.benchmarks.weeks import Week
from apps.reports.due import mail_at


@pytest.mark.parametrize(
    ("week", "zone", "expected"),
    [
        ("2026-W47", "UTC", "2026-11-23T08:00"),
        ("2026-W47", "Europe/Berlin", "2026-11-23T07:00"),
        ("2026-W12", "Europe/Berlin", "2026-03-23T07:00"),  # the last winter Monday
        ("2026-W13", "Europe/Berlin", "2026-03-30T06:00"),  # the day after the clocks went forward
        ("2026-W42", "Europe/Berlin", "2026-10-19T06:00"),
        ("2026-W43", "Europe/Berlin", "2026-10-26T07:00"),  # the day after they went back
        ("2026-W47", "Asia/Kathmandu", "2026-11-23T02:15"),  # 5:45 ahead
        ("2026-W47", "America/Los_Angeles", "2026-11-23T16:00"),
        ("2026-W47", "Australia/Lord_Howe", "2026-11-23T21:00"),  # the freeze came on Monday at 11:30 there: Tuesday
        ("2026-W13", "Australia/Lord_Howe", "2026-03-30T21:00"),
        ("2026-W14", "Australia/Lord_Howe", "2026-04-06T21:30"),  # half an hour back on Sunday
        ("2026-W47", "Pacific/Kiritimati", "2026-11-23T18:00"),
        ("2026-W47", "Pacific/Pago_Pago", "2026-11-23T19:00"),
        ("2026-W53", "Europe/Berlin", "2027-01-04T07:00"),
    ],
)
def test_eight_o_clock_is_the_organizations(week: str, zone: str, expected: str) -> None:
    assert mail_at(Week.parse(week), zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York", "Pacific/Auckland", "UTC"]
)
def test_every_local_week_of_two_years_has_one_mail_at_eight(zone: str) -> None:
    first = Week.of(date(2025, 12, 29))
    moments = [mail_at(first.back(-i), zone) for i in range(104)]
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    assert {(each.hour, each.minute) for each in local} == {(8, 0)}
    assert set(Counter(each.isocalendar()[:2] for each in local).values()) == {1}
    assert all(0 <= (moment - first.back(-i).freeze_at).total_seconds() < 86_400 for i, moment in enumerate(moments))


def test_the_mail_never_comes_before_the_freeze() -> None:
    """Half past midnight UTC is 08:30 in Singapore, and 08:00 exactly in a zone 7:30 ahead."""
    week = Week.parse("2026-W47")
    assert mail_at(week, "Asia/Singapore") == week.freeze_at + timedelta(hours=23, minutes=30)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        mail_at(Week.parse("2026-W47"), "Mars/Olympus")
