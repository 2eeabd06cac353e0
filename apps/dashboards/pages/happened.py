"""What happened meanwhile: lines on the charts over time, and the same as a list below them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.dashboards.figures.plots import Event
from apps.dashboards.pages.agreed import RATES, kind_of, terms_of
from apps.dashboards.queries.happened import MOST_MODELS, Happened, Name, begins
from apps.dashboards.wording import money, times
from apps.dashboards.wording.models import model_of, provider_of
from apps.dashboards.wording.shares import count
from apps.deployments.models import Annotation
from apps.pricing.listing import Listed
from apps.pricing.models import Discount, OwnPrice

ARROW = "\u2192"
MOVED = ("input_nano_per_mtok", "cache_read_nano_per_mtok", "output_nano_per_mtok")
STANDARD = "standard"


@dataclass(frozen=True)
class Row:
    """`key` is the kind for programs, `when` the moment in words."""

    at: datetime
    key: str
    when: str
    kind: str
    what: str
    by: str


@dataclass(frozen=True)
class Happenings:
    """The latest first; `events` are the same for a chart."""

    rows: tuple[Row, ...] = ()
    events: tuple[Event, ...] = ()
    basis: str = ""
    marks: str = ""
    """Where something is marked by hand."""


def happenings(found: Happened, *, marks: str, zone: ZoneInfo) -> Happenings:
    told = [(one.at, _marked(one, zone), f"{one.get_kind_display()}: {one.label}") for one in found.annotations]
    told += _changes(found)
    told += [(*_agreed(one), _line(_named((one.provider, one.model)))) for one in found.terms]
    told.sort(key=lambda one: one[0], reverse=True)
    return Happenings(
        rows=tuple(row for _at, row, _words in told),
        events=tuple(Event(at, words) for at, _row, words in told),
        basis=_basis(found),
        marks=marks,
    )


def _marked(one: Annotation, zone: ZoneInfo) -> Row:
    return Row(one.at, one.kind, times.stamp(one.at, zone), one.get_kind_display(), one.label, told_by(one))


def told_by(one: Annotation) -> str:
    return str(one.told_by) if one.told_by else _("a program")


def _changes(found: Happened) -> Iterator[tuple[datetime, Row, str]]:
    """Each moment at which the list says something else of a model than before: of its standard tier, one line a moment."""
    start, end = begins(found.span.start), begins(found.span.end)
    for name, lines in (found.listed or {}).items():
        moments: dict[datetime, Row] = {}
        for before, after in _following(lines):
            at, what = after.effective_from, _differs(before, after)
            if what and at is not None and start <= at and at.date() <= end.date():
                words = _("{model}: {rates} per 1M tokens").format(model=_named(name), rates=what)
                moments.setdefault(at, _price(at, words, _("the price list")))
        yield from ((at, row, _line(model_of(name))) for at, row in moments.items())


def _line(model: str) -> str:
    """At a line of a chart."""
    return _("Price: {model}").format(model=model)


def _following(lines: Sequence[Listed]) -> Iterator[tuple[Listed, Listed]]:
    """Each price with the one that took its place, for the same input and the same part of the day."""
    last: dict[tuple[str, int, int], Listed] = {}
    for one in lines:
        place = (one.model, one.input_from, one.daily_from_us)
        if one.service_tier == STANDARD:
            if place in last:
                yield last[place], one
            last[place] = one


def _differs(before: Listed, after: Listed) -> str:
    changed = [
        f"{RATES[rate]} {_rate(before.rates[rate])} {ARROW} {_rate(after.rates[rate])}"
        for rate in MOVED
        if before.rates[rate] != after.rates[rate]
    ]
    return ", ".join(changed)


def _rate(nano: int | None) -> str:
    return _("none of its own") if nano is None else money.exact(nano)


def _agreed(one: OwnPrice | Discount) -> tuple[datetime, Row]:
    at = begins(one.effective_from)
    what = _("{kind} ends").format(kind=kind_of(one)) if one.ended else f"{kind_of(one)}, {terms_of(one)}"
    by = str(one.declared_by) if one.declared_by else _("the operator")
    return at, _price(at, f"{_named((one.provider, one.model))}: {what}", by)


def _price(at: datetime, what: str, by: str) -> Row:
    return Row(at, Annotation.Kind.PRICE.value, _moment(at), str(Annotation.Kind.PRICE.label), what, by)


def _named(name: Name) -> str:
    if not name[1]:
        return _("everything of {provider}").format(provider=provider_of(name))
    return f"{model_of(name)} ({provider_of(name)})" if name[0] else model_of(name)


def _moment(at: datetime) -> str:
    """Prices change with a day of UTC, mostly."""
    utc = at.astimezone(UTC)
    return f"{times.day(utc.date())} UTC" if utc == begins(utc.date()) else times.stamp(utc, ZoneInfo("UTC"))


def _basis(found: Happened) -> str:
    window = times.window(found.span.start, found.span.end)
    left = found.models - MOST_MODELS
    said = (
        _(
            "{window}, UTC: what was marked, and prices that changed of the models used in these days, {most} with the most "
            "attempts of {models}."
        )
        if left > 0
        else _("{window}, UTC: what was marked, and prices that changed of the models used in these days.")
    )
    return said.format(window=window, most=count(MOST_MODELS), models=count(found.models, "model"))
