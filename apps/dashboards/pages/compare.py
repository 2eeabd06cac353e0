"""What changed? Two sides, metric by metric, with how sure each difference is, and what happened meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.figures.plots import Event, Plot, Series, drawn_with, lines
from apps.dashboards.forms.annotation import Annotate
from apps.dashboards.forms.compare import DAYS, CompareFilter
from apps.dashboards.frame import Frame, Link
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.pages.happened import told_by
from apps.dashboards.queries.compare import Compared, Comparison, Side
from apps.dashboards.wording import decay, money, ranges, times
from apps.dashboards.wording.shares import count, listed, share
from apps.dashboards.wording.signs import MINUS
from apps.dashboards.wording.values import title_of, words_of
from apps.deployments.models import Annotation
from apps.rollups.metrics.definition import Direction, Metric, Unit
from apps.rollups.parts import RETRY, SELECTION, TOKEN
from apps.rollups.queries import Window
from apps.rollups.sums import RequestSums

MOST_NAMED = 3
NANO = 1_000_000_000


@dataclass(frozen=True)
class Row:
    """A metric on both sides. `verdict` is empty where nothing can be said of the difference."""

    title: str
    note: str
    one: str
    one_note: str
    other: str
    other_note: str
    difference: str
    interval: str
    verdict: str
    better: bool
    worse: bool


@dataclass(frozen=True)
class Amount:
    """Where the billed cost of a thousand requests went, on one side."""

    name: str
    figure: str
    note: str
    bar: Bar | None


@dataclass(frozen=True)
class Mark:
    """Something that happened."""

    when: str
    kind: str
    label: str
    by: str
    pk: int


@dataclass(frozen=True)
class Shown:
    """What is there to see of two sides that could be read."""

    one: str
    other: str
    answer: tuple[Words, ...]
    basis: str
    rows: tuple[Row, ...]
    amounts: tuple[Amount, ...]
    plot: Plot | None


@dataclass(frozen=True)
class ComparePage:
    frame: Frame
    name: str
    ways: tuple[Link, ...]
    form: CompareFilter
    shown: Shown | None
    """None where the form says what is wrong, or there is nothing to compare with."""
    missing: str
    marks: tuple[Mark, ...]
    annotate: Annotate
    may_change: bool


def shown(found: Comparison, one: Side, other: Side, names: tuple[str, str], events: Sequence[Annotation]) -> Shown:
    """`one` is what is compared with, `other` what is looked at; both by their names."""
    rows = tuple(_row(compared) for compared in found.metrics.values())
    enough = all(window.totals.requests.requests for window in found.windows)
    return Shown(
        one=names[0],
        other=names[1],
        answer=tuple(_answer(rows, names, found)),
        basis=_basis(found, one, other, names),
        rows=rows if enough else (),
        amounts=tuple(_amounts(found, names)) if enough else (),
        plot=_plot(found, names, events) if enough else None,
    )


def marks(found: Sequence[Annotation], zone: ZoneInfo) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            times.stamp(one.at, zone),
            one.get_kind_display(),
            one.label,
            told_by(one),
            one.pk,
        )
        for one in found
    )


def events_of(found: Sequence[Annotation]) -> tuple[Event, ...]:
    return tuple(Event(one.at, f"{one.get_kind_display()}: {one.label}") for one in found)


def _row(compared: Compared) -> Row:
    metric, words = compared.other.metric, words_of(compared.other.metric)
    before, now = compared.one.value, compared.other.value
    better, worse, verdict = _judged(compared)
    return Row(
        title=title_of(metric),
        note=metric.name,
        one=words(before) if before is not None else "",
        one_note=_known(compared.one.coverage),
        other=words(now) if now is not None else "",
        other_note=_known(compared.other.coverage),
        difference=_signed(now - before, metric) if now is not None and before is not None else "",
        interval=_between(compared.interval, metric) if compared.interval and now is not None else "",
        verdict=verdict,
        better=better,
        worse=worse,
    )


def _judged(compared: Compared) -> tuple[bool, bool, str]:
    """(better, worse, in words)."""
    metric = compared.other.metric
    if compared.one.value is None or compared.other.value is None:
        return False, False, ""
    if compared.interval is None:
        return False, False, _("difference not tested")
    low, high = compared.interval
    if low <= 0 <= high:
        return False, False, _("no clear difference")
    if metric.direction is Direction.NEITHER:
        return False, False, _("clearly higher") if low > 0 else _("clearly lower")
    better = (low > 0) == (metric.direction is Direction.HIGHER)
    higher, lower = (
        (_("clearly higher: better"), _("clearly lower: better"))
        if better
        else (_("clearly higher: worse"), _("clearly lower: worse"))
    )
    return better, not better, higher if low > 0 else lower


def _known(coverage: float | None) -> str:
    return _("known for {part}").format(part=share(coverage)) if coverage is not None else ""


def _signed(value: float, metric: Metric) -> str:
    """With its sign, unless it is nothing as written; of shares in percentage points."""
    pointed = metric.unit is Unit.SHARE or metric.name in ("effective_cost_uplift", "best_single_gap")
    words = _points if pointed else words_of(metric)
    sign = "" if words(abs(value)) == words(0.0) else MINUS if value < 0 else "+"
    return f"{sign}{words(abs(value))}"


def _points(share: float) -> str:
    return decay.pp("", 100 * share)


def _between(interval: tuple[float, float], metric: Metric) -> str:
    return ranges.ends(_signed(interval[0], metric), _signed(interval[1], metric))


def _answer(rows: Sequence[Row], names: tuple[str, str], found: Comparison) -> Iterator[Words]:
    empty = [name for name, window in zip(names, found.windows, strict=True) if not window.totals.requests.requests]
    if empty:
        yield Words(_("There are no requests of {sides}, so there is nothing to compare.").format(sides=listed(empty)))
        return
    better = [row.title.lower() for row in rows if row.better]
    worse = [row.title.lower() for row in rows if row.worse]
    if not better and not worse:
        yield Words(_("Nothing differs clearly between {other} and {one}.").format(other=names[1], one=names[0]))
        return
    said = (
        _("{other} against {one}: {worse}, {better}.")
        if worse and better
        else _("{other} against {one}: {worse}.")
        if worse
        else _("{other} against {one}: {better}.")
    )
    yield from emphasised(
        said,
        other=f"{names[1][0].upper()}{names[1][1:]}",
        one=names[0],
        worse=Words(_("{figures} clearly worse").format(figures=_named(worse)), "worse"),
        better=Words(_("{figures} clearly better").format(figures=_named(better)), "you"),
    )


def _named(titles: Sequence[str]) -> str:
    once = list(dict.fromkeys(titles))
    more = len(once) - MOST_NAMED
    return listed([*once[:MOST_NAMED], *([_("{number} more").format(number=more)] if more > 0 else [])])


def _basis(found: Comparison, one: Side, other: Side, names: tuple[str, str]) -> str:
    said = []
    for name, side, window in zip(names, (one, other), found.windows, strict=True):
        days = times.window(side.span.start, side.span.end)
        what = days if name == days else f"{name}, {days}"
        said.append(f"{what}: {count(window.totals.requests.requests, 'request')}")
    where = one.span.environment or _("all environments")
    sides = ". ".join(said)
    return _("{sides}. UTC, {environment}. Traffic may differ too: a difference is no proof of its cause.").format(
        sides=sides, environment=where
    )


def _amounts(found: Comparison, names: tuple[str, str]) -> Iterator[Amount]:
    """Both bars on one scale: the dearer one fills the width."""
    totals = [_per_thousand(window.totals.requests) for window in found.windows]
    whole = max((sum(one.values()) for one in totals), default=0)
    for name, amounts, window in zip(names, totals, found.windows, strict=True):
        sums = window.totals.requests
        yield Amount(
            name=name,
            figure=money.dollars(sum(amounts.values())) if amounts else "",
            note=_("split for {part} of {requests}").format(
                part=share(sums.split / sums.requests), requests=count(sums.requests, "request")
            ),
            bar=bar(amounts, owner=name, whole=whole) if amounts and whole else None,
        )


def _per_thousand(sums: RequestSums) -> dict[str, int]:
    """Nano-USD of what was billed for a thousand requests whose cost is split."""
    if not sums.split:
        return {}
    parts = {TOKEN: sums.token_nano, RETRY: sums.wasted_nano + sums.premium_nano}
    if sums.evaluable:
        parts[SELECTION] = sums.regret_nano
    return {kind: money.per_thousand(nano, sums.split) or 0 for kind, nano in parts.items()}


def _plot(found: Comparison, names: tuple[str, str], events: Sequence[Annotation]) -> Plot | None:
    """Retries, day by day: of two stretches of days one after the other, else one beside the other."""
    rates = [_rates(window) for window in found.windows]
    days = sorted({day for some in rates for day in some})
    if len(days) < 2:  # a point is no line
        return None
    series = [
        Series(name, colour, [some.get(day) for day in days])
        for name, colour, some in zip(names, ("ink-quiet", "you"), rates, strict=True)
    ]
    figure = drawn_with(lines(days, series, suffix="\u00a0%"), events_of(events))
    label = _("Retry rate by day, of {one} and of {other}; the same figures stand above.")
    return Plot("retries", figure, label.format(one=names[0], other=names[1]))


def _rates(window: Window) -> Mapping[date, float]:
    return {day: 100 * sums.retried / sums.counted for day, sums in window.days.items() if sums.counted}


def name_of(side: Side, *, by: str) -> str:
    if by == DAYS:
        return times.window(side.span.start, side.span.end)
    return side.policy or side.deployment.name


def moment(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(second=0, microsecond=0)
