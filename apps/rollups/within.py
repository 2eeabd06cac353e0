"""A set of hours as a condition on raw rows that the planner and the indexes can work with."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from psycopg import sql

HOUR = timedelta(hours=1)
MOST_RANGES = 60
"""With more, the rows of all touched days are read once and looked at one by one."""


def ranges(hours: Sequence[datetime]) -> Iterable[tuple[datetime, datetime]]:
    """Hours in order, as ranges without gaps: beginning and end."""
    first = last = hours[0]
    for hour in hours[1:]:
        if hour != last + HOUR:
            yield first, last + HOUR
            first = hour
        last = hour
    yield first, last + HOUR


def days_of(hours: Iterable[datetime]) -> list[date]:
    return sorted({hour.astimezone(UTC).date() for hour in hours})


def within(hours: Sequence[datetime]) -> sql.Composable:
    """The condition on `day` and `received_at`. Literals let the planner drop partitions at once; raises for no hours."""
    ordered = sorted(hours)
    found = list(ranges(ordered))
    days = sql.SQL(", ").join(sql.Literal(day) for day in days_of(ordered))
    if len(found) > MOST_RANGES:
        listed = sql.SQL(", ").join(sql.Literal(hour) for hour in ordered)
        return sql.SQL(
            "day IN ({days}) AND received_at >= {first} AND received_at < {end} "
            "AND date_trunc('hour', received_at) IN ({listed})"
        ).format(days=days, first=sql.Literal(ordered[0]), end=sql.Literal(ordered[-1] + HOUR), listed=listed)
    spans = [
        sql.SQL("received_at >= {} AND received_at < {}").format(sql.Literal(first), sql.Literal(end))
        for first, end in found
    ]
    return sql.SQL("day IN ({days}) AND ({spans})").format(days=days, spans=sql.SQL(" OR ").join(spans))
