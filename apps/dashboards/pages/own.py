"""One metric of one's own: what it is, how much, on what part of the traffic, and how it went."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.benchmarks.disclosure.yardsticks import Yardstick
from apps.dashboards.figures.history import History, Reference, history
from apps.dashboards.wording.shares import share
from apps.dashboards.wording.times import short_day
from apps.dashboards.wording.translate import Names
from apps.dashboards.wording.values import title_of, words_of
from apps.rollups.metrics.definition import Measure, Metric
from apps.rollups.sums import RequestSums


@dataclass(frozen=True)
class Own:
    """`value` is None where it was not measured; `words` writes any value of this metric with its unit."""

    metric: str
    title: str
    note: str
    value: float | None
    words: Callable[[float], str]
    weeks: Sequence[float | None] = ()
    """Complete weeks, oldest first."""
    first_day: date | None = None
    last_day: date | None = None
    references: Sequence[Reference] = ()

    def history(self) -> History | None:
        """The chart of the own weeks; None where there are none."""
        if self.first_day is None or self.last_day is None:
            return None
        return history(
            self.weeks,
            what=self.title,
            first=short_day(self.first_day),
            last=short_day(self.last_day),
            references=self.references,
            words=self.words,
        )


def own_of(measure: Measure, yardstick: Yardstick, weeks: Mapping[date, RequestSums]) -> Own:
    """`weeks` by their Monday, as the rollups give them: weeks without requests are absent."""
    metric = measure.metric
    words = words_of(metric)
    mondays = _mondays(weeks)
    drawn = metric.pair is not None and bool(mondays)
    return Own(
        metric=metric.name,
        title=title_of(metric),
        note=_note(measure),
        value=measure.value,
        words=words,
        weeks=tuple(_ratio(metric, weeks.get(monday)) for monday in mondays) if drawn else (),
        first_day=mondays[0] if drawn else None,
        last_day=mondays[-1] + timedelta(days=6) if drawn else None,
        references=tuple(Reference(one.value, f"{_(one.label)} {words(one.value)}") for one in yardstick.literature),
    )


def _note(measure: Measure) -> str:
    """What it counts, on which basis, for how much of the traffic."""
    title = _(measure.metric.title)
    what = title[0].lower() + title[1:]
    if measure.basis:
        what += f"; {_BASES.get(measure.basis) or measure.basis.replace('_', ' ')}"
    if measure.coverage is None:
        return what
    known = share(measure.coverage, decimals=0 if measure.coverage == 1 else 1)
    return _("{what}; known for {share}").format(what=what, share=known)


_BASES = Names(
    {
        "receive_to_dispatch": gettext_noop("receive to dispatch"),
        "total_minus_provider": gettext_noop("total minus provider"),
        "decision_only": gettext_noop("decision only"),
    }
)


def _mondays(weeks: Mapping[date, RequestSums]) -> list[date]:
    if not weeks:
        return []
    first, last = min(weeks), max(weeks)
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def _ratio(metric: Metric, sums: RequestSums | None) -> float | None:
    if sums is None or metric.pair is None:
        return None
    numerator, denominator = metric.pair(sums)
    return numerator / denominator if denominator else None
