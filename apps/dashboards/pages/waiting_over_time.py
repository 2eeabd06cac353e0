"""How long people waited, by day or week: the quantile band of each measure, and the same as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.figures.plots import Band, Event, Level, Plot, bands, drawn_with
from apps.dashboards.queries.waiting import RETRY_DELAY, Quantiles, Waiting
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import count, duration
from apps.dashboards.wording.signs import NBSP
from apps.dashboards.wording.translate import Names

NAMES = Names(
    {
        RETRY_DELAY: gettext_noop("Retry delay"),
        "receive_to_dispatch": gettext_noop("Routing overhead, from receiving to dispatching"),
        "total_minus_provider": gettext_noop("Routing overhead, total less the provider's time"),
        "decision_only": gettext_noop("Routing overhead, the decision alone"),
    }
)

NOTES = Names(
    {
        RETRY_DELAY: gettext_noop(
            "from the first dispatch to the start of the attempt that answered, of requests with more than one attempt"
        ),
        "receive_to_dispatch": gettext_noop("all that happens before the provider is asked"),
        "total_minus_provider": gettext_noop("what the gateway took before and after the provider"),
        "decision_only": gettext_noop("choosing a model, and nothing around it"),
    }
)


@dataclass(frozen=True)
class Moment:
    when: str
    number: str
    p50: str
    p95: str
    p99: str


@dataclass(frozen=True)
class History:
    """The quantile band of one measure over time, and the same as a table."""

    name: str
    note: str
    plot: Plot
    moments: tuple[Moment, ...]


def histories(found: Waiting, events: Sequence[Event]) -> tuple[History, ...]:
    return tuple(
        History(NAMES[name], NOTES[name], _plot(name, told, periods, events), _moments(told, periods))
        for name in found.whole
        for told in [found.periods[name]]
        for periods in [_axis(found)]
    )


def _axis(found: Waiting) -> list[date]:
    if not found.weekly:
        return [found.span.start + timedelta(days=n) for n in range(found.span.days)]
    first = found.span.start - timedelta(days=found.span.start.weekday())
    return [first + timedelta(weeks=n) for n in range((found.span.end - first).days // 7 + 1)]


def _plot(name: str, told: Mapping[date, Quantiles], periods: Sequence[date], events: Sequence[Event]) -> Plot:
    drawn = [(when, Band(one.p50, one.p95, one.p99) if (one := told.get(when)) else None) for when in periods]
    worst = max(told, key=lambda when: told[when].p95)
    label = _(
        "{name}: median, 95th and 99th percentile, {periods}; the 95th percentile was highest on {day}, {duration}."
    ).format(
        name=NAMES[name],
        periods=count(len(told), "period"),
        day=times.day(worst),
        duration=milliseconds(told[worst].p95),
    )
    return Plot(name.replace("_", "-"), drawn_with(bands(drawn, _study(name)), events), label)


def _study(name: str) -> tuple[Level, ...]:
    if name == RETRY_DELAY:
        return (Level(2_100.0, _("published study: a mean of 2.1 s (literature, not peers)")),)
    return (
        Level(14.0, _("published study, one provider: p50 14 ms (literature, not peers)")),
        Level(89.0, _("published study, several providers: p50 89 ms (literature, not peers)")),
    )


def _moments(told: Mapping[date, Quantiles], periods: Sequence[date]) -> tuple[Moment, ...]:
    nothing = _("not measured").replace(" ", NBSP)
    return tuple(
        Moment(times.day(when), count(one.n), milliseconds(one.p50), milliseconds(one.p95), milliseconds(one.p99))
        if (one := told.get(when))
        else Moment(times.day(when), "0", nothing, nothing, nothing)
        for when in periods
    )


def milliseconds(value: float) -> str:
    return duration(1_000 * value)
