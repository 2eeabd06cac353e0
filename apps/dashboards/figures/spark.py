"""A line without axes, for one cell of a table: shape only, with its numbers in the label."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from apps.dashboards.figures.line import Line, Point, line
from apps.dashboards.figures.scale import Scale
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.translate import gettext as _

WIDTH, HEIGHT, PAD = 112, 26, 4
Unit = Literal["day", "week"]


@dataclass(frozen=True)
class Spark:
    line: Line
    label: str


def spark(
    values: Sequence[float | None], *, what: str, words: Callable[[float], str], unit: Unit = "day"
) -> Spark | None:
    """The line of `values`, oldest first, one a `unit`; None = not measured in it. None if it was measured in none."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    across = Scale(0, max(1, len(values) - 1), PAD, WIDTH - PAD)
    up = Scale(min(known), max(known), HEIGHT - PAD, PAD)
    points = [None if v is None else Point(across.place(i), up.place(v)) for i, v in enumerate(values)]
    return Spark(line(points), _label(values, known, what, words, unit))


def _label(
    values: Sequence[float | None], known: Sequence[float], what: str, words: Callable[[float], str], unit: Unit
) -> str:
    over = _("{what} over {number} weeks") if unit == "week" else _("{what} over {number} days")
    reach = _("from {first} to {last}").format(first=words(known[0]), last=words(known[-1]))
    if min(known) != max(known):
        reach += ", " + _("lowest {lowest}, highest {highest}").format(
            lowest=words(min(known)), highest=words(max(known))
        )
    missing = len(values) - len(known)
    gaps = "; " + _("{periods} without data").format(periods=count(missing, unit)) if missing else ""
    return f"{over.format(what=what, number=len(values))}: {reach}{gaps}."
