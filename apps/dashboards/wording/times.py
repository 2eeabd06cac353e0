"""Moments, days and windows in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from apps.dashboards.wording.signs import EN_DASH, NBSP


def day(value: date) -> str:
    """`22 Nov 2026`."""
    return f"{value.day}{NBSP}{value:%b}{NBSP}{value.year}"


def short_day(value: date) -> str:
    """`22 Nov`."""
    return f"{value.day}{NBSP}{value:%b}"


def window(first: date, last: date) -> str:
    """`26 Oct` to `22 Nov 2026` with a dash between, both days included."""
    start = day(first) if first.year != last.year else short_day(first)
    return f"{start} {EN_DASH} {day(last)}"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """`19 Nov 04:12` on the clock of `zone`."""
    local = value.astimezone(zone)
    return f"{short_day(local.date())} {local:%H:%M}"


def stamp(value: datetime, zone: ZoneInfo) -> str:
    """`19 Nov 2026, 04:12 CET`."""
    local = value.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M} {local.tzname()}"


def ago(value: datetime, *, now: datetime) -> str:
    """`12 s ago`, `6 min ago`, `3 h ago`, `5 days ago`."""
    seconds = max(0, int((now - value).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s")):
        if seconds >= size:
            amount = seconds // size
            plural = "s" if unit == "day" and amount != 1 else ""
            return f"{amount}{NBSP}{unit}{plural} ago"
    return "just now"
