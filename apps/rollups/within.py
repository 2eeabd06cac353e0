"""A set of hours as a condition on raw rows that the planner and the indexes can work with."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TypeVar

from psycopg import sql

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOURS_A_DAY = 24
MOST_RANGES = 60
"""With more, rows are read day by day, see `apart`, and counted by looking at those of all touched days one by one."""


Moment = TypeVar("Moment", date, datetime)
RowKey = tuple[date, str]
"""UTC day and id: what names a request of a deployment."""


def stretches(moments: Iterable[Moment], step: timedelta) -> list[tuple[Moment, Moment]]:
    """Hours or days in order, as stretches without gaps: first and last."""
    found: list[tuple[Moment, Moment]] = []
    for moment in moments:
        if found and moment == found[-1][1] + step:
            found[-1] = (found[-1][0], moment)
        else:
            found.append((moment, moment))
    return found


def days_of(hours: Iterable[datetime]) -> list[date]:
    return sorted({hour.astimezone(UTC).date() for hour in hours})


def within(hours: Sequence[datetime]) -> sql.Composable:
    """The condition on `day` and `received_at`. Literals let the planner drop partitions at once; raises for no hours.

    Days of which all hours are wanted are named by their day alone: with every hour named, planning half a year of
    partitions took five times as long as reading it.
    """
    whole, single = _split(hours)
    either: list[sql.Composable] = [
        sql.SQL("day >= {} AND day <= {}").format(sql.Literal(first), sql.Literal(last)) for first, last in whole
    ]
    if single:
        either.append(_hours_within(single))
    return sql.SQL("({})").format(sql.SQL(" OR ").join(sql.SQL("({})").format(one) for one in either))


def apart(hours: Sequence[datetime]) -> list[list[datetime]]:
    """The same hours, as they are best read: together, or with more than MOST_RANGES ranges the single hours day by day, so
    that each day is asked about its own alone, by the index over time."""
    whole, single = _split(hours)
    if len(stretches(single, HOUR)) <= MOST_RANGES:
        return [list(hours)]
    days = {one.astimezone(UTC).date() for one in single}
    rest = [hour for hour in hours if hour.astimezone(UTC).date() not in days] if whole else []
    return [*([rest] if rest else []), *(list(some) for _, some in groupby(single, key=datetime.date))]


def named(keys: Collection[RowKey]) -> sql.Composable:
    """The condition on `day` and `request_id` that takes these rows alone; raises for none."""
    by_day: dict[date, list[str]] = {}
    for day, request_id in keys:
        by_day.setdefault(day, []).append(request_id)
    days = [
        sql.SQL("(day = {} AND request_id IN ({}))").format(
            sql.Literal(day), sql.SQL(", ").join(sql.Literal(one) for one in ids)
        )
        for day, ids in sorted(by_day.items())
    ]
    if not days:
        raise ValueError("no request is named")
    return sql.SQL("({})").format(sql.SQL(" OR ").join(days))


def _split(hours: Sequence[datetime]) -> tuple[list[tuple[date, date]], list[datetime]]:
    """Ranges of whole days, first and last, and the hours of all other days; each in order."""
    by_day: dict[date, list[datetime]] = {}
    for hour in sorted({hour.astimezone(UTC) for hour in hours}):
        by_day.setdefault(hour.date(), []).append(hour)
    whole = [day for day, some in by_day.items() if len(some) == HOURS_A_DAY]
    single = [hour for some in by_day.values() if len(some) < HOURS_A_DAY for hour in some]
    return stretches(whole, DAY), single


def _hours_within(ordered: Sequence[datetime]) -> sql.Composable:
    found = stretches(ordered, HOUR)
    days = sql.SQL(", ").join(sql.Literal(day) for day in days_of(ordered))
    if len(found) > MOST_RANGES:
        listed = sql.SQL(", ").join(sql.Literal(hour) for hour in ordered)
        return sql.SQL(
            "day IN ({days}) AND received_at >= {first} AND received_at < {end} "
            "AND date_trunc('hour', received_at) IN ({listed})"
        ).format(days=days, first=sql.Literal(ordered[0]), end=sql.Literal(ordered[-1] + HOUR), listed=listed)
    spans = [
        sql.SQL("received_at >= {} AND received_at < {}").format(sql.Literal(first), sql.Literal(last + HOUR))
        for first, last in found
    ]
    return sql.SQL("day IN ({days}) AND ({spans})").format(days=days, spans=sql.SQL(" OR ").join(spans))
