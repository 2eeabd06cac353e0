"""One metric of one's own, week by week, with published reference lines where there are any."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.dashboards.figures.line import Line, Point, line
from apps.dashboards.figures.scale import Scale, ticks
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.translate import gettext as _

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 530, 176, 60, 522, 16, 150
MINIMUM_FOR_A_BAND = 5


@dataclass(frozen=True)
class Reference:
    """A value from the published study: literature, never a peer."""

    value: float
    words: str


@dataclass(frozen=True)
class Tick:
    y: float
    words: str


@dataclass(frozen=True)
class Level:
    """A reference line with the place of its words."""

    y: float
    text_y: float
    words: str


@dataclass(frozen=True)
class Range:
    """Where the own value was in about 17 of 20 weeks: a rectangle."""

    y: float
    height: float
    low: str
    high: str


@dataclass(frozen=True)
class History:
    ticks: tuple[Tick, ...]
    levels: tuple[Level, ...]
    usual: Range | None
    line: Line
    first: str
    last: str
    label: str


def history(
    values: Sequence[float | None],
    *,
    what: str,
    first: str,
    last: str,
    references: Sequence[Reference],
    words: Callable[[float], str],
) -> History | None:
    """The chart of `values`, oldest first; `first` and `last` name the ends of time. None if nothing was measured."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    reach = [*known, *(reference.value for reference in references)]
    marks = ticks(min(reach), max(reach))
    up = Scale(marks[0], marks[-1], BOTTOM, TOP)
    across = Scale(0, max(1, len(values) - 1), LEFT, RIGHT)
    points = [None if v is None else Point(across.place(i), up.place(v)) for i, v in enumerate(values)]
    return History(
        ticks=tuple(Tick(up.place(mark), words(mark)) for mark in marks),
        levels=_levels(references, up),
        usual=_usual(known, up, words),
        line=line(points),
        first=first,
        last=last,
        label=_label(values, known, what, references, words),
    )


def _levels(references: Sequence[Reference], up: Scale) -> tuple[Level, ...]:
    """Words above the line, but below the lowest of several, so that two lines close together do not collide."""
    ordered = sorted(references, key=lambda reference: reference.value)
    places = [up.place(reference.value) for reference in ordered]
    below = [len(ordered) > 1 and index == 0 and places[0] < BOTTOM - 20 for index in range(len(ordered))]
    return tuple(
        Level(y, round(y + (15 if low else -6), 2), reference.words)
        for reference, y, low in zip(ordered, places, below, strict=True)
    )


def _usual(known: Sequence[float], up: Scale, words: Callable[[float], str]) -> Range | None:
    """From the 8th to the 92nd percentile of the own weeks: 22 of 26."""
    if len(known) < MINIMUM_FOR_A_BAND:
        return None
    ordered = sorted(known)
    cut = math.floor(len(ordered) * 0.08)
    low, high = ordered[cut], ordered[-1 - cut]
    top, bottom = up.place(high), up.place(low)
    return Range(top, round(bottom - top, 2), words(low), words(high))


def _label(
    values: Sequence[float | None],
    known: Sequence[float],
    what: str,
    references: Sequence[Reference],
    words: Callable[[float], str],
) -> str:
    label = _("{what}, own {weeks} weeks: from {first} to {last}, lowest {lowest}, highest {highest}.").format(
        what=what,
        weeks=len(values),
        first=words(known[0]),
        last=words(known[-1]),
        lowest=words(min(known)),
        highest=words(max(known)),
    )
    missing = len(values) - len(known)
    if missing:
        label += " " + _("{weeks} without data.").format(weeks=count(missing, "week"))
    if references:
        named = ", ".join(reference.words for reference in references)
        label += " " + _("Literature, not peers: {values}.").format(values=named)
    return label
