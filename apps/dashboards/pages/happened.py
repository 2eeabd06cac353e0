"""What happened meanwhile: lines on the charts over time, and the same as a list below them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apps.dashboards.figures.plots import Event
from apps.dashboards.pages.agreed import terms_of
from apps.dashboards.queries.happened import MOST_MODELS, Happened, Name, begins
from apps.dashboards.wording import money, times
from apps.dashboards.wording.models import model_of, provider_of
from apps.dashboards.wording.shares import count
from apps.deployments.models import Annotation
from apps.pricing.listing import Listed
from apps.pricing.models import Discount, OwnPrice

ARROW = "\u2192"
RATES = {"input_nano_per_mtok": "input", "cache_read_nano_per_mtok": "cached", "output_nano_per_mtok": "output"}
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
    told += [(at, row, f"Price: {row.what.split(':')[0]}") for at, row in map(_agreed, found.terms)]
    told.sort(key=lambda one: one[0], reverse=True)
    return Happenings(
        rows=tuple(row for _, row, _ in told),
        events=tuple(Event(at, words) for at, _, words in told),
        basis=_basis(found),
        marks=marks,
    )


def _marked(one: Annotation, zone: ZoneInfo) -> Row:
    return Row(one.at, one.kind, times.stamp(one.at, zone), one.get_kind_display(), one.label, told_by(one))


def told_by(one: Annotation) -> str:
    return str(one.told_by) if one.told_by else "a program"


def _changes(found: Happened) -> Iterator[tuple[datetime, Row, str]]:
    """Each moment at which the list says something else of a model than before: of its standard tier, one line a moment."""
    start, end = begins(found.span.start), begins(found.span.end)
    for name, lines in (found.listed or {}).items():
        moments: dict[datetime, Row] = {}
        for before, after in _following(lines):
            at, what = after.effective_from, _differs(before, after)
            if what and at is not None and start <= at and at.date() <= end.date():
                words = f"{_named(name)}: {what} per 1M tokens"
                moments.setdefault(at, _price(at, words, "the price list"))
        yield from ((at, row, f"Price: {model_of(name)}") for at, row in moments.items())


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
        f"{word} {_rate(before.rates[rate])} {ARROW} {_rate(after.rates[rate])}"
        for rate, word in RATES.items()
        if before.rates[rate] != after.rates[rate]
    ]
    return ", ".join(changed)


def _rate(nano: int | None) -> str:
    return "none of its own" if nano is None else money.exact(nano)


def _agreed(one: OwnPrice | Discount) -> tuple[datetime, Row]:
    at, kind = begins(one.effective_from), "own price" if isinstance(one, OwnPrice) else "share of the list price"
    what = f"{kind} ends" if one.ended else f"{kind}, {terms_of(one)}"
    by = str(one.declared_by) if one.declared_by else "the operator"
    return at, _price(at, f"{_named((one.provider, one.model))}: {what}", by)


def _price(at: datetime, what: str, by: str) -> Row:
    return Row(at, Annotation.Kind.PRICE.value, _moment(at), str(Annotation.Kind.PRICE.label), what, by)


def _named(name: Name) -> str:
    if not name[1]:
        return f"everything of {provider_of(name)}"
    return f"{model_of(name)} ({provider_of(name)})" if name[0] else model_of(name)


def _moment(at: datetime) -> str:
    """Prices change with a day of UTC, mostly."""
    utc = at.astimezone(UTC)
    return f"{times.day(utc.date())} UTC" if utc == begins(utc.date()) else times.stamp(utc, ZoneInfo("UTC"))


def _basis(found: Happened) -> str:
    window = times.window(found.span.start, found.span.end)
    left = found.models - MOST_MODELS
    more = f", {count(MOST_MODELS)} with the most attempts of {count(found.models, 'model')}" if left > 0 else ""
    return f"{window}, UTC: what was marked, and prices that changed of the models used in these days{more}."
