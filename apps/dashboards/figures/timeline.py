"""What happened during one request, one lane below the other: overhead, attempts, and gaps in which nothing ran."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.dashboards.figures.scale import Scale, ticks

LEAST_WIDTH = 0.4
"""Of the whole, in percent: what took hardly any time is still seen."""


@dataclass(frozen=True)
class Span:
    """`start` and `end` in microseconds since the request came; None = not measured, and then nothing is drawn.

    `kind` is what it cost: `token` what served, `retry` what was wasted, `latency` what routing took, `gap` for nothing.
    """

    name: str
    detail: str
    kind: str
    start: int | None
    end: int | None
    first_token: int | None = None


@dataclass(frozen=True)
class Lane:
    """`x`, `width` and `mark` in percent. Without `x` there is no bar; without `width` only its beginning is known."""

    name: str
    detail: str
    kind: str
    x: float | None
    width: float | None
    mark: float | None


@dataclass(frozen=True)
class Tick:
    x: float
    words: str
    anchor: str


@dataclass(frozen=True)
class Timeline:
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


def timeline(spans: Sequence[Span], *, whole: int | None, words: Callable[[float], str]) -> Timeline:
    """`whole` is how long the request took, where that is known; without any time there is no axis."""
    known = [moment for span in spans for moment in (span.start, span.end) if moment is not None]
    longest = max([*known, whole or 0], default=0)
    if not longest:
        return Timeline(tuple(Lane(one.name, one.detail, one.kind, None, None, None) for one in spans), ())
    found = ticks(0, longest, about=5)
    scale = Scale(0, found[-1], 0, 100)
    marks = tuple(Tick(scale.place(at), words(at), _anchor(at, found[-1])) for at in found)
    return Timeline(tuple(_lane(one, scale) for one in spans), marks)


def _lane(one: Span, scale: Scale) -> Lane:
    if one.start is None:
        return Lane(one.name, one.detail, one.kind, None, None, None)
    x = min(scale.place(one.start), 100 - LEAST_WIDTH)
    width = None if one.end is None else max(LEAST_WIDTH, round(scale.place(one.end) - x, 2))
    mark = None if one.first_token is None else scale.place(one.first_token)
    return Lane(one.name, one.detail, one.kind, x, width, mark)


def _anchor(at: float, last: float) -> str:
    return "start" if at == 0 else "end" if at == last else "middle"
