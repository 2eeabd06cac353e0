"""Moments, days and windows in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.dashboards.wording.signs import EN_DASH
from apps.dashboards.wording.translate import glued


def day(value: date) -> str:
    """`22 Nov 2026`."""
    return glued(_("{day} {month} {year}")).format(day=value.day, month=_short_month(value), year=value.year)


def short_day(value: date) -> str:
    """`22 Nov`."""
    return glued(_("{day} {month}")).format(day=value.day, month=_short_month(value))


def month(value: date) -> str:
    """`November 2026`."""
    return _("{month} {year}").format(month=MONTHS[value.month], year=value.year)


def weekday(value: date) -> str:
    """`Monday`."""
    return str(WEEKDAYS[value.weekday()])


def _short_month(value: date) -> str:
    return str(MONTHS_3[value.month]).title()


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
    for size, words in ((86_400, _days), (3_600, _hours), (60, _minutes), (1, _seconds)):
        if seconds >= size:
            return glued(words(seconds // size)).format(number=seconds // size)
    return _("just now")


def _days(number: int) -> str:
    return ngettext("{number} day ago", "{number} days ago", number)


def _hours(number: int) -> str:
    return ngettext("{number} h ago", "{number} h ago", number)


def _minutes(number: int) -> str:
    return ngettext("{number} min ago", "{number} min ago", number)


def _seconds(number: int) -> str:
    return ngettext("{number} s ago", "{number} s ago", number)
