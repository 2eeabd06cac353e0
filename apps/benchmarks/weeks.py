"""ISO weeks in UTC: the window a benchmark looks at, and when it is frozen."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apps.benchmarks.disclosure.policy import POLICY

FREEZE_AFTER = timedelta(minutes=30)
"""From Sunday 24:00 to the freeze: the time that late batches and the last rollups have."""

_TEXT = re.compile(r"\A(20\d{2}|[3-9]\d{3})-W(\d{2})\Z", re.ASCII)
"""From 2000 on: before there is nothing, and a window before the first day of the calendar cannot be computed."""


@dataclass(frozen=True, order=True)
class Week:
    """A week, named by its Monday."""

    monday: date

    @classmethod
    def parse(cls, text: str) -> "Week":
        """From "2026-W47". Raises ValueError for anything else, a 53rd week that the year has not included."""
        match = _TEXT.match(text)
        if match is None:
            raise ValueError(f"a week is written like 2026-W47, not {text!r}")
        return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))

    @classmethod
    def of(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def last_due(cls, now: datetime) -> "Week":
        """The last week whose freeze is due at `now`."""
        return cls.of((now.astimezone(UTC) - FREEZE_AFTER).date()).back(1)

    def back(self, weeks: int) -> "Week":
        return Week(self.monday - timedelta(weeks=weeks))

    @property
    def first_day(self) -> date:
        """Of the window that ends with this week."""
        return self.back(POLICY.window_weeks - 1).monday

    @property
    def last_day(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def freeze_at(self) -> datetime:
        return datetime.combine(self.monday + timedelta(weeks=1), time(), UTC) + FREEZE_AFTER

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def year(self) -> int:
        return self.monday.isocalendar().year

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"
