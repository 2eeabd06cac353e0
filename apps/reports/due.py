"""When a week's report is mailed: the first eight o'clock in the organization's time zone after the freeze."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.benchmarks.weeks import Week

AT = time(8)


def mail_at(week: Week, time_zone: str) -> datetime:
    """In UTC. Raises ZoneInfoNotFoundError for an unknown zone.

    The wall clock of the zone decides, so a change to or from summer time moves the moment in UTC and never doubles or
    loses it.
    """
    zone = ZoneInfo(time_zone)
    day = week.freeze_at.astimezone(zone).date()
    while (moment := datetime.combine(day, AT, zone).astimezone(UTC)) < week.freeze_at:
        day += timedelta(days=1)
    return moment
