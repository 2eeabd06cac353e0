"""Do your rules still choose well? The share of good choices since the rules are what they are, and why it fell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from apps.dashboards.figures.decay import Moment, falling
from apps.dashboards.figures.plots import Event, Plot
from apps.dashboards.forms.policy import DeclarePolicy
from apps.dashboards.frame import Frame
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.decay_answer import age, answer, nudge
from apps.dashboards.pages.decay_causes import Why, told, why, why_missing
from apps.dashboards.pages.decay_peers import PeerLine, peer_lines, peers, weeks_drawn
from apps.dashboards.pages.fixes import FixesSection
from apps.dashboards.queries.decay import SHOWN_DAYS, Decayed, Rate, rate_of
from apps.dashboards.wording import decay as wording
from apps.dashboards.wording import ranges, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import MINUS, NBSP
from apps.rollups.epochs import Basis, Epoch
from apps.rollups.events import Event as Happened
from apps.rollups.events import Kind

WEEKLY_FROM = 92
MOST_HAPPENED = 30


@dataclass(frozen=True)
class Era:
    """One policy epoch as a row."""

    when: str
    label: str
    basis: str
    days: str
    before: str
    after: str
    change: str
    why: str


@dataclass(frozen=True)
class Line:
    """A period as a row of the table that says what the chart says."""

    when: str
    value: str
    interval: str
    number: str
    known: str


@dataclass(frozen=True)
class DecayPage:
    frame: Frame
    name: str
    answer: tuple[Words, ...]
    basis: str
    nudge: str
    measured: bool
    plot: Plot | None
    lines: tuple[Line, ...]
    weekly: bool
    period: str
    chart_basis: str
    peers: str
    peer_lines: tuple[PeerLine, ...]
    why: Why | None
    why_missing: str
    happened: tuple[tuple[str, str], ...]
    eras: tuple[Era, ...]
    form: DeclarePolicy
    may_change: bool
    marks: str
    fixes: FixesSection


def build(
    found: Decayed,
    fixes: FixesSection,
    *,
    frame: Frame,
    name: str,
    form: DeclarePolicy,
    may_change: bool,
    marks: str,
) -> DecayPage:
    """`marks`: where all that was marked is listed, and can be taken back."""
    epoch, fall = found.chosen.current, found.current
    measured = any(one.evaluable for one in found.chosen.days.values())
    periods = _periods(found) if measured else []
    return DecayPage(
        frame=frame,
        name=name,
        answer=tuple(answer(found, epoch, fall)),
        basis=age(found, epoch) if epoch else "",
        nudge=nudge(found, epoch) if epoch else "",
        measured=measured,
        plot=_plot(found, periods) if epoch and periods else None,
        lines=tuple(_line(first, rate) for _epoch, first, rate in reversed(periods)),
        weekly=_is_weekly(found),
        period=_("Week from") if _is_weekly(found) else _("Day"),
        chart_basis=_basis(found) if measured else "",
        peers=peers(found, _since(found)),
        peer_lines=peer_lines(found, _since(found)) if measured else (),
        why=why(fall) if fall else None,
        why_missing=why_missing(found, fall) if fall else "",
        happened=tuple((times.day(one.day), _happened(one)) for one in reversed(found.aged.events[-MOST_HAPPENED:])),
        eras=tuple(_era(found, one) for one in reversed(found.chosen.epochs)),
        form=form,
        may_change=may_change,
        marks=marks,
        fixes=fixes,
    )


def _is_weekly(found: Decayed) -> bool:
    return (found.last - _since(found)).days + 1 > WEEKLY_FROM


def _since(found: Decayed) -> date:
    oldest = found.last - timedelta(days=SHOWN_DAYS - 1)
    return max(oldest, min((day for day, one in found.chosen.days.items() if one.evaluable), default=oldest))


def _periods(found: Decayed) -> list[tuple[Epoch, date, Rate]]:
    """Days, or weeks by their Monday, of each epoch, where anything was evaluable."""
    since, weekly = _since(found), _is_weekly(found)
    periods = []
    for epoch in found.chosen.epochs:
        days = [day for day in found.chosen.evaluable_days(epoch) if day >= since]
        for _period, some in groupby(days, key=lambda day: day - timedelta(days=day.weekday()) if weekly else day):
            together = list(some)
            periods.append((epoch, together[0], rate_of(found.chosen, together)))
    return periods


def _plot(found: Decayed, periods: Sequence[tuple[Epoch, date, Rate]]) -> Plot | None:
    if len(periods) < 2:  # a point is no line
        return None
    lines = [
        (_legend(epoch), [_moment(first, rate) for _same, first, rate in some])
        for epoch, some in groupby(periods, key=lambda one: one[0])
    ]
    epoch = periods[-1][0]
    shown = periods[0][1]
    first, last = periods[0][2].value, periods[-1][2].value
    label = _(
        "Share of good choices from {first_day}, {first}, to {last_day}, {last}, with 95 % intervals; the same figures stand "
        "in the table below. Literature, not peers: 87 %, and 61 % after 90 days."
    ).format(first_day=times.day(shown), first=share(first), last_day=times.day(periods[-1][1]), last=share(last))
    return Plot("rules", falling(lines, epoch.first, _events(found, shown), weeks_drawn(found.band, shown)), label)


def _legend(epoch: Epoch) -> str:
    return epoch.label if wording.are_named(epoch) else _("rules since {day}").format(day=times.day(epoch.first))


def _moment(day: date, rate: Rate) -> Moment:
    low, high = rate.interval or (0.0, 1.0)
    return Moment(day, 100 * (rate.value or 0.0), 100 * low, 100 * high)


def _events(found: Decayed, since: date) -> list[Event]:
    """New rules, then what happened to models, each at the beginning of its day."""
    told = [(one.first, wording.title(one)) for one in found.chosen.epochs if one.basis is not Basis.FIRST_SEEN]
    told += [(one.day, _happened(one)) for one in found.aged.events]
    return [
        Event(datetime.combine(day, time(), UTC), f"{times.short_day(day)}: {words}")
        for day, words in told
        if day >= since
    ]


def _happened(one: Happened) -> str:
    match one.kind:
        case Kind.CAME:
            return _("{model} appears").format(model=one.model)
        case Kind.WENT:
            return _("{model} is gone").format(model=one.model)
        case _:
            if one.per_mille is None:
                return _("{model} has a price").format(model=one.model)
            sign = "+" if one.per_mille > 1000 else MINUS
            return f"{one.model} {sign}{abs(one.per_mille - 1000) / 10:.0f}{NBSP}%"


def _line(first: date, rate: Rate) -> Line:
    low, high = rate.interval or (0.0, 1.0)
    return Line(
        times.day(first),
        share(rate.value),
        ranges.ends(share(low), share(high)),
        count(rate.choices.evaluable),
        share(rate.coverage),
    )


def _basis(found: Decayed) -> str:
    since = _since(found)
    days = [day for day in found.chosen.days if day >= since]
    rate = rate_of(found.chosen, days)
    evaluable = rate.choices.evaluable
    under = rate.choices.under_quality / evaluable if evaluable else None
    return _(
        "{window}, complete days, UTC, production; own data, no cohort. Evaluable: {requests}, {part} of those that an attempt "
        "served. Planned on a model that is not good enough: {under}."
    ).format(
        window=times.window(since, found.last),
        requests=count(evaluable, "request"),
        part=share(rate.coverage),
        under=share(under),
    )


def _era(found: Decayed, epoch: Epoch) -> Era:
    fall, until = found.falls[epoch.first], epoch.end
    loss, first = fall.loss, times.day(epoch.first)
    return Era(
        when=ranges.ends(first, times.day(until)) if until else _("since {day}").format(day=first),
        label=wording.title(epoch),
        basis=wording.BASES[epoch.basis],
        days=count(found.age(epoch)),
        before=share(fall.before.value) if fall.before.value is not None else "",
        after=share(fall.after.value) if fall.after.value is not None else "",
        change="" if loss is None else wording.pp(MINUS if loss > 0 else "+" if loss < 0 else "", 100 * loss),
        why=told(fall.parts) if fall.parts else "",
    )
