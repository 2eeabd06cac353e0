"""The days and the environment that an address asks for, as links carry them on: each page has them by names of its own.

What an address does not say is not carried: the page that a link leads to has its usual window then, as it moves on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.dashboards.addresses import with_query
from apps.dashboards.api.window import LONGEST_DAYS
from apps.dashboards.clock import ZONE
from apps.dashboards.queries.span import ALL
from apps.deployments.create import FIRST_DAY
from apps.rollups.queries import PRODUCTION

LONGEST_LABEL = 256
COMPARE, REQUESTS = "compare", "requests"
"""Pages with names of their own for the days; of the others they are `from` and `to`."""


@dataclass(frozen=True)
class Carried:
    """Days in UTC, both included. None, and no environment: nothing was asked for."""

    start: date | None = None
    end: date | None = None
    environment: str = ""


def read(page: str, query: Mapping[str, str], zone: ZoneInfo) -> Carried:
    """What can be read of it; days that no page would show are left."""
    environment = query.get("environment", "")[:LONGEST_LABEL]
    if page == REQUESTS:
        start, end = _day_of(query.get("since", ""), zone), _day_of(query.get("until", ""), zone, until=True)
        environment = environment or (ALL if start or end else "")
    else:
        first, last = ("start", "end") if page == COMPARE else ("from", "to")
        start, end = _day(query.get(first, "")), _day(query.get(last, ""))
    reversed_or_long = start and end and not 0 <= (end - start).days < LONGEST_DAYS
    return Carried(environment=environment) if reversed_or_long else Carried(start, end, environment)


def onward(page: str, path: str, carried: Carried, zone: ZoneInfo) -> str:
    """The address of a page with what is carried, in its names."""
    return with_query(path, _of_requests(carried, zone) if page == REQUESTS else _of_days(page, carried))


def moment(day: date, zone: ZoneInfo) -> str:
    """Midnight UTC on the clock of the zone; with its offset where the clock shows that hour twice."""
    local = datetime.combine(day, time(), UTC).astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return local.isoformat(timespec="minutes") if twice else f"{local:%Y-%m-%dT%H:%M}"


def _of_days(page: str, carried: Carried) -> dict[str, str]:
    first, last = ("start", "end") if page == COMPARE else ("from", "to")
    days = {first: carried.start, last: carried.end}
    return {**{name: day.isoformat() for name, day in days.items() if day}, "environment": carried.environment}


def _of_requests(carried: Carried, zone: ZoneInfo) -> dict[str, str]:
    """Requests are of every environment unless one is named, the figures of other pages of production."""
    if carried == Carried():
        return {}
    typed = {ZONE: zone.key} if carried.start or carried.end else {}
    return typed | {
        "since": moment(carried.start, zone) if carried.start else "",
        "until": moment(carried.end + timedelta(days=1), zone) if carried.end else "",
        ZONE: zone.key if carried.start or carried.end else "",
        "environment": "" if carried.environment == ALL else carried.environment or PRODUCTION,
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day < date.max else None


def _day_of(text: str, zone: ZoneInfo, *, until: bool = False) -> date | None:
    """The day in UTC of a moment; of an end, the last day before it."""
    try:
        told = datetime.fromisoformat(text)
        at = (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
        return _day((at - timedelta(microseconds=until)).date().isoformat())
    except (ValueError, OverflowError):
        return None
