"""A line without axes, for one cell of a table: shape only, with its numbers in the label."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.dashboards.figures.line import Line, Point, line
from apps.dashboards.figures.scale import Scale
from apps.dashboards.wording.shares import count

WIDTH, HEIGHT, PAD = 112, 26, 4


@dataclass(frozen=True)
class Spark:
    line: Line
    label: str


def spark(
    values: Sequence[float | None], *, what: str, words: Callable[[float], str], unit: str = "day"
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
    values: Sequence[float | None], known: Sequence[float], what: str, words: Callable[[float], str], unit: str
) -> str:
    label = f"{what} over {len(values)} {unit}s: from {words(known[0])} to {words(known[-1])}"
    if min(known) != max(known):
        label += f", lowest {words(min(known))}, highest {words(max(known))}"
    missing = len(values) - len(known)
    return label + (f"; {count(missing, unit)} without data." if missing else ".")
