"""What if? One change, what it would bring in a month, and everything that this rests on."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.advice.answer import Answer
from apps.advice.changes import Move
from apps.advice.effect import Lane
from apps.advice.facts import Facts
from apps.advice.ranges import Range
from apps.dashboards.forms.what_if import WhatIfForm
from apps.dashboards.frame import Frame, Link
from apps.dashboards.pages.comparison import Words
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
    where = facts.environment or "all environments"
    sample = facts.sample
    read = (
        "all requests"
        if sample.whole
        else f"every {round(sample.of_hours / sample.hours)}th hour, {count(sample.hours)} of {count(sample.of_hours, 'hour')}"
    )
    return f"{times.window(facts.first, facts.last)}, UTC, {where}; read: {read}. Your own data, no cohort."


def _answer(found: Answer) -> Iterator[Words]:
    clause = asked(found.change)
    if found.dollars is None:
        yield Words(f"{clause}, what you would pay cannot be said. {next(missing(found), '')}")
        return
    if not found.requests:
        yield Words(f"{clause}, nothing would change: no request of these days is of that kind.")
        return
    over = found.dollars.low > 0
    yield Words(f"{clause}, you would pay ")
    yield Words(ranges.paid(found.dollars), "worse" if over else "you")
    if not isinstance(found.change, Move) or found.base_nano:
        yield Words(f" on what costs {money.whole_dollars(found.base_nano)} now")
    if found.quality is None:
        yield Words("; what it does to quality is not known.")
    elif found.quality == (0.0, 0.0):
        yield Words("; quality stays as it is.")
    else:
        yield Words(", and quality would change by ")
        yield Words(ranges.points(found.quality), "worse" if found.quality[1] < 0 else "ink")
        yield Words(".")


def _rows(found: Answer) -> Iterator[Row]:
    yield Row("Requests it is about", count(found.requests), _covered(found))
    yield Row("What they cost today", money.dollars(found.base_nano), "as billed")
    if found.dollars is not None:
        yield Row("More or less to pay", ranges.signed(found.dollars), _of_today(found.dollars, found.base_nano))
    note = "95 % interval of the difference of means" if found.lanes else ""
    yield Row("Quality", NOTHING_KNOWN if found.quality is None else ranges.points(found.quality), note)
    if found.failing:
        yield Row("Would fail", count(found.failing), "served today by an attempt that would not be made")


def _of_today(dollars: Range, base: int) -> str:
    if not base:
        return "least and most, by what is assumed below"
    least, most = (share(one / base) for one in sorted((abs(dollars.low), abs(dollars.high))))
    between = "and" if dollars.low < 0 < dollars.high else "to"
    ends = least if least == most else f"{least} {between} {most}"
    return f"least and most; {ends} of what they cost today"


def _covered(found: Answer) -> str:
    return "" if found.coverage is None else f"a month; dollars are of {share(found.coverage)} of them"


def _lane(one: Lane) -> Assumed:
    known = one.factors.compared
    return Assumed(
        of=one.of.written,
        to=one.to.written,
        requests=count(one.requests),
        tokens=ranges.times_as(one.factors.tokens),
        answers=ranges.times_as(one.factors.answers),
        note="the same model"
        if one.of.name == one.to.name
        else f"measured on {count(known, 'answer')} to the same prompts"
        if known
        else "assumed: no answers to the same prompts were compared",
    )
