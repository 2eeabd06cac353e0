"""The prices of one model, line by line: since when, for what, from which list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.queries.prices import Name, PricesFacts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.models import model_of, provider_of
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import EN_DASH, NOTHING_KNOWN
from apps.dashboards.wording.translate import Names
from apps.pricing.listing import Listed

TIERS = Names(
    {
        "batch": gettext_noop("batch tier"),
        "flex": gettext_noop("flex tier"),
        "priority": gettext_noop("priority tier"),
    }
)

MOST_LINES = 16
"""Of one model; time of day, tiers by input and service tiers multiply."""


@dataclass(frozen=True)
class Priced:
    """One price of one model; `model` is empty in all lines of it but the first."""

    model: str
    provider: str
    since: str
    now: bool
    when: str
    """The tier, the part of the day and the input that it holds for."""
    input: str
    cached: str
    written: str
    output: str
    source: str


def priced_of(name: Name, facts: PricesFacts, today: date) -> Iterator[Priced]:
    found = facts.listed[name]
    for number, one in enumerate(found[:MOST_LINES]):
        yield Priced(
            model=model_of(name) if number == 0 else "",
            provider=provider_of(name) if number == 0 else "",
            since=_interval(one.effective_from, one.effective_until),
            now=_holds(one, facts.now),
            when=", ".join(_conditions(one)),
            input=_rate(one.rates["input_nano_per_mtok"]),
            cached=_rate(one.rates["cache_read_nano_per_mtok"]),
            written=_rate(one.rates["cache_write_nano_per_mtok"]),
            output=_rate(one.rates["output_nano_per_mtok"]),
            source=_source(one, facts, name, today),
        )


def _holds(one: Listed, now: datetime) -> bool:
    return (one.effective_from is None or one.effective_from <= now) and (
        one.effective_until is None or now < one.effective_until
    )


def _interval(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return _("from the beginning") if end is None else _("until {day}").format(day=_last_day(end))
    if end is None:
        return _("from {day}").format(day=times.day(start.date()))
    return f"{times.day(start.date())} {EN_DASH} {_last_day(end)}"


def _last_day(end: datetime) -> str:
    return times.day((end - timedelta(microseconds=1)).date())


def _conditions(one: Listed) -> Iterator[str]:
    if one.service_tier != "standard":
        yield TIERS[one.service_tier]
    if one.input_from:
        yield _("from {number} tokens of input on").format(number=count(one.input_from))
    elif one.input_until is not None:
        yield _("below {number} tokens of input").format(number=count(one.input_until))
    if one.daily_from_us or one.daily_until_us is not None:
        yield f"{_clock(one.daily_from_us)} {EN_DASH} {_clock(one.daily_until_us)} UTC"
    if one.request_nano:
        yield _("and {amount} a request").format(amount=money.exact(one.request_nano))


def _clock(microseconds: int | None) -> str:
    minutes = 24 * 60 if microseconds is None else microseconds // 60_000_000
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _rate(nano: int | None) -> str:
    return NOTHING_KNOWN if nano is None else money.exact(nano)


def _source(one: Listed, facts: PricesFacts, name: Name, today: date) -> str:
    origin = facts.origins.get(one.edition)
    said = _("the list") if origin is None else f"{origin.source} {origin.version}"
    if one.effective_from is not None and one.effective_from.date() > today:
        said = _("{list}, announced").format(list=said)
    if name[0] and one.owner != name[0]:
        said = _("{list}, the list of {owner}").format(list=said, owner=one.owner)
    return said if one.model == name[1] else _("{list}, as {model}").format(list=said, model=one.model)
