"""What failures cost over time: day by day, or week by week where there are many days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from apps.dashboards.figures.plots import Event, Plot, Series, drawn_with, stacked
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.failures_tables import PARTS, ratio
from apps.dashboards.queries.failures import Failures, overhead
from apps.dashboards.queries.requests import ANY
from apps.dashboards.queries.span import Span
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count
from apps.rollups.sums import RequestSums
from apps.rollups.totals import add

MOST_DAYS = 92
"""More days are drawn week by week."""


@dataclass(frozen=True)
class Period:
    when: str
    retry_rate: str
    figures: tuple[str, ...]
    url: str


def is_weekly(found: Failures) -> bool:
    return found.span.days > MOST_DAYS


def periods_of(found: Failures) -> list[tuple[date, RequestSums]]:
    """Days, or weeks by their Monday; those without requests are there, with sums of nothing."""
    if not is_weekly(found):
        days = [found.span.start + timedelta(days=n) for n in range(found.span.days)]
        return [(day, found.days.get(day, RequestSums())) for day in days]
    first = found.span.start - timedelta(days=found.span.start.weekday())
    mondays = [first + timedelta(weeks=n) for n in range((found.span.end - first).days // 7 + 1)]
    weeks: dict[date, list[RequestSums]] = {monday: [] for monday in mondays}
    for day, sums in found.days.items():
        weeks[day - timedelta(days=day.weekday())].append(sums)
    return [(monday, add(some)) for monday, some in weeks.items()]


def period(first: date, sums: RequestSums, found: Failures, behind: Behind) -> Period:
    spent = overhead(sums)
    weekly = is_weekly(found)
    start = max(first, found.span.start)
    end = min(first + timedelta(days=6), found.span.end) if weekly else first
    within = Behind(behind.path, Span(start, end, found.span.environment), behind.zone)
    figures = [getattr(spent, key) for key, *_ in PARTS] + [spent.nano] if spent else []
    return Period(
        when=times.day(first),
        retry_rate=ratio(sums.retried, sums.counted),
        figures=tuple(money.dollars(nano) for nano in figures)
        or (_("not known") if sums.requests else _("no request"),) * 4,
        url=within.at(cause=ANY),
    )


def plot(found: Failures, periods: Sequence[tuple[date, RequestSums]], events: Sequence[Event]) -> Plot:
    spent = [overhead(sums) for _first, sums in periods]
    series = [
        Series(_(title), colour, [getattr(one, key) / money.NANO if one else None for one in spent])
        for key, title, _note, colour in PARTS
    ]
    known = [(first, one.nano) for (first, _sums), one in zip(periods, spent, strict=True) if one]
    worst, most = max(known, key=lambda one: one[1])
    weekly = is_weekly(found)
    said = (
        _("Retry overhead by week in three parts, {weeks}; the most, {most}, in the week from {day}.")
        if weekly
        else _("Retry overhead by day in three parts, {days}; the most, {most}, on {day}.")
    )
    number = len(periods)
    label = said.format(
        weeks=count(number, "week"), days=count(number, "day"), most=money.dollars(most), day=times.day(worst)
    )
    return Plot("overhead", drawn_with(stacked([first for first, _sums in periods], series, prefix="$"), events), label)
