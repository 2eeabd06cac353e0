"""What if? One change, what it would bring in a month, and everything that this rests on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.advice.answer import Answer
from apps.advice.changes import Move
from apps.advice.effect import Lane
from apps.advice.facts import Facts, Sample
from apps.advice.ranges import Range
from apps.dashboards.forms.what_if import WhatIfForm
from apps.dashboards.frame import Frame, Link
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.pages.fixes import FixesSection
from apps.dashboards.pages.what_if_words import asked, assumed, missing
from apps.dashboards.wording import money, ranges, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import NOTHING_KNOWN


@dataclass(frozen=True)
class Row:
    name: str
    figure: str
    note: str


@dataclass(frozen=True)
class Assumed:
    """From one model to another."""

    of: str
    to: str
    requests: str
    tokens: str
    answers: str
    note: str


@dataclass(frozen=True)
class Shown:
    answer: tuple[Words, ...]
    basis: str
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    lanes: tuple[Assumed, ...]
    assumed: tuple[str, ...]
    behind: str
    """Where the requests behind it are; empty where no filter names them."""


@dataclass(frozen=True)
class WhatIfPage:
    frame: Frame
    name: str
    answer: str
    """Where nothing is shown."""
    kinds: tuple[Link, ...]
    form: WhatIfForm
    shown: Shown | None
    fixes: FixesSection


def shown(found: Answer, facts: Facts, *, behind: str) -> Shown:
    return Shown(
        answer=tuple(_answer(found)),
        basis=basis(facts),
        rows=tuple(_rows(found)),
        missing=tuple(missing(found)),
        lanes=tuple(_lane(one) for one in found.lanes),
        assumed=tuple(assumed(found.change, facts)),
        behind=behind,
    )


def basis(facts: Facts) -> str:
    where = facts.environment or _("all environments")
    window = f"{times.window(facts.first, facts.last)}, UTC, {where}"
    return _("{window}; read: {read}. Your own data, no cohort.").format(window=window, read=_read(facts.sample))


def _read(sample: Sample) -> str:
    if sample.whole:
        return _("all requests")
    return _("every {n}th hour, {number} of {hours}").format(
        n=round(sample.of_hours / sample.hours),
        number=count(sample.hours),
        hours=count(sample.of_hours, "hour"),
    )


def _answer(found: Answer) -> Iterator[Words]:
    clause = asked(found.change)
    if found.dollars is None:
        yield Words(
            _("{clause}, what you would pay cannot be said.").format(clause=clause) + f" {next(missing(found), '')}"
        )
        return
    if not found.requests:
        nothing = _("{clause}, nothing would change: no request of these days is of that kind.")
        yield Words(nothing.format(clause=clause))
        return
    of_now = not isinstance(found.change, Move) or found.base_nano
    pay = _("{clause}, you would pay {change}")
    pay_of_now = _("{clause}, you would pay {change} on what costs {amount} now")
    yield from emphasised(
        pay_of_now if of_now else pay,
        clause=clause,
        change=Words(ranges.paid(found.dollars), "worse" if found.dollars.low > 0 else "you"),
        amount=money.whole_dollars(found.base_nano),
    )
    yield from _on_quality(found)


def _on_quality(found: Answer) -> Iterator[Words]:
    if found.quality is None:
        yield Words(_("; what it does to quality is not known."))
    elif found.quality == (0.0, 0.0):
        yield Words(_("; quality stays as it is."))
    else:
        points = Words(ranges.points(found.quality), "worse" if found.quality[1] < 0 else "ink")
        yield from emphasised(_(", and quality would change by {points}."), points=points)


def _rows(found: Answer) -> Iterator[Row]:
    yield Row(_("Requests it is about"), count(found.requests), _covered(found))
    yield Row(_("What they cost today"), money.dollars(found.base_nano), _("as billed"))
    if found.dollars is not None:
        yield Row(_("More or less to pay"), ranges.signed(found.dollars), _of_today(found.dollars, found.base_nano))
    note = _("{share} interval of the difference of means").format(share="95 %") if found.lanes else ""
    yield Row(_("Quality"), NOTHING_KNOWN if found.quality is None else ranges.points(found.quality), note)
    if found.failing:
        yield Row(_("Would fail"), count(found.failing), _("served today by an attempt that would not be made"))


def _of_today(dollars: Range, base: int) -> str:
    if not base:
        return _("least and most, by what is assumed below")
    least, most = (share(one / base) for one in sorted((abs(dollars.low), abs(dollars.high))))
    if least == most:
        return _("least and most; {share} of what they cost today").format(share=least)
    if dollars.low < 0 < dollars.high:
        return _("least and most; {least} and {most} of what they cost today").format(least=least, most=most)
    return _("least and most; {least} to {most} of what they cost today").format(least=least, most=most)


def _covered(found: Answer) -> str:
    if found.coverage is None:
        return ""
    return _("a month; dollars are of {share} of them").format(share=share(found.coverage))


def _lane(one: Lane) -> Assumed:
    return Assumed(
        of=one.of.written,
        to=one.to.written,
        requests=count(one.requests),
        tokens=ranges.times_as(one.factors.tokens),
        answers=ranges.times_as(one.factors.answers),
        note=_note(one),
    )


def _note(one: Lane) -> str:
    known = one.factors.compared
    if one.of.name == one.to.name:
        return _("the same model")
    if not known:
        return _("assumed: no answers to the same prompts were compared")
    return _("measured on {answers} to the same prompts").format(answers=count(known, "answer"))
