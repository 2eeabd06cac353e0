"""Which of the stale hours one rebuild takes, and in what portions it reads them. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

ROWS_AT_ONCE = 200_000
"""Requests held as columns at a time: about 400 MB at the worst."""
ROWS_A_REBUILD = 2_000_000
"""Requests in one transaction: it ends within a minute or so, and what is left waits for the next."""


@dataclass(frozen=True)
class Bounds:
    """What may be rebuilt, and how far back hours are kept."""

    raw_from: date
    """Raw rows of earlier days are gone: their cells are sealed."""
    hours_from: date
    """Earlier days have day cells only, made from all their raw rows."""

    @classmethod
    def on(cls, today: date, *, raw_retention_days: int, hour_retention_days: int) -> "Bounds":
        return cls(today - timedelta(days=raw_retention_days), today - timedelta(days=hour_retention_days))


@dataclass(frozen=True)
class Plan:
    portions: tuple[tuple[datetime, ...], ...]
    """Each of whole days, or a part of one day."""
    left: frozenset[datetime]
    """Hours for the next rebuild."""

    @property
    def stretches(self) -> list[list[tuple[datetime, ...]]]:
        """Portions, those of the same day together: what is of one stretch lies in no other's days."""
        return [list(some) for _, some in groupby(self.portions, key=lambda portion: portion[0].date())]

    @property
    def hours(self) -> list[datetime]:
        return sorted(hour for portion in self.portions for hour in portion)

    @property
    def days(self) -> list[date]:
        return sorted({hour.date() for hour in self.hours})


def widen(hours: Iterable[datetime], bounds: Bounds) -> set[datetime]:
    """The hours to read: without sealed ones, and with the whole day where no hours are kept."""
    wanted: set[datetime] = set()
    days: set[date] = set()
    for hour in hours:
        utc = hour.astimezone(UTC)
        day = utc.date()
        if day >= bounds.hours_from:
            wanted.add(utc)
        elif day >= bounds.raw_from:
            days.add(day)
    return wanted.union(*map(hours_of, days))


def hours_of(day: date) -> list[datetime]:
    beginning = datetime.combine(day, time(), tzinfo=UTC)
    return [beginning + timedelta(hours=hour) for hour in range(24)]


def plan(
    hours: Collection[datetime],
    rows: Mapping[datetime, int],
    *,
    at_once: int = ROWS_AT_ONCE,
    in_all: int = ROWS_A_REBUILD,
) -> Plan:
    """The newest days first, whole days together, until `in_all` rows; at least one day. `rows`: see `count_rows`."""
    by_day: dict[date, list[datetime]] = {}
    for hour in sorted(hours):
        by_day.setdefault(hour.date(), []).append(hour)
    taken: list[datetime] = []
    total = 0
    left: set[datetime] = set()
    for day in sorted(by_day, reverse=True):
        size = sum(rows.get(hour, 0) for hour in by_day[day])
        if left or (taken and total + size > in_all):
            left.update(by_day[day])
        else:
            taken += by_day[day]
            total += size
    by_taken_day = [by_day[day] for day in sorted({hour.date() for hour in taken})]
    return Plan(tuple(_portions(by_taken_day, rows, at_once)), frozenset(left))


def _portions(
    days: Iterable[Sequence[datetime]], rows: Mapping[datetime, int], at_once: int
) -> Iterable[tuple[datetime, ...]]:
    portion: list[datetime] = []
    size = 0
    for hours in days:
        of_day = sum(rows.get(hour, 0) for hour in hours)
        if portion and size + of_day > at_once:
            yield tuple(portion)
            portion, size = [], 0
        if of_day > at_once:
            yield from _parts(hours, rows, at_once)
        else:
            portion += hours
            size += of_day
    if portion:
        yield tuple(portion)


def _parts(hours: Iterable[datetime], rows: Mapping[datetime, int], at_once: int) -> Iterable[tuple[datetime, ...]]:
    """Of one day with too many rows; an hour is never torn."""
    part: list[datetime] = []
    size = 0
    for hour in hours:
        if part and size + rows.get(hour, 0) > at_once:
            yield tuple(part)
            part, size = [], 0
        part.append(hour)
        size += rows.get(hour, 0)
    yield tuple(part)
