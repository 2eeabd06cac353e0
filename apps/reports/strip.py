"""The percentile strip as table cells: mail programs draw no SVG. Better is always left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from apps.benchmarks.queries import Standing

WIDTH = 1_000
"""The strip's length in steps; cells have whole ones, so that they add up."""
DOT, TICK = 34, 8


@dataclass(frozen=True)
class Cell:
    """A stretch of the strip: `kind` is none, wide, mid, median or you."""

    kind: str
    steps: int

    @property
    def percent(self) -> str:
        return f"{self.steps * 100 / WIDTH:.1f}"


def strip(standing: Standing) -> tuple[Cell, ...]:
    """None of it where no median is shown."""
    shown = standing.shown.table
    if shown.median is None:
        return ()
    known = [x for x in (shown.p10, shown.p25, shown.median, shown.p75, shown.p90) if x is not None]
    low, high = _reach(known, standing.own)
    places = {name: _place(x, low, high, standing) for name, x in _figures(standing).items() if x is not None}
    return _cells(places)


def _figures(standing: Standing) -> dict[str, float | None]:
    table = standing.shown.table
    return {
        "p10": table.p10,
        "p25": table.p25,
        "median": table.median,
        "p75": table.p75,
        "p90": table.p90,
        "you": standing.own,
    }


def _reach(known: list[float], own: float | None) -> tuple[float, float]:
    """The axis: what is published with air around it, and the own value unless it is far away."""
    low, high = min(known), max(known)
    spread = (high - low) or abs(low) / 2 or 1.0
    left, right = low - 0.4 * spread, high + 0.4 * spread
    if own is not None:
        left = max(min(left, own), low - 1.5 * spread)
        right = min(max(right, own), high + 1.5 * spread)
    return left, right


def _place(value: float, low: float, high: float, standing: Standing) -> int:
    part = min(max((value - low) / (high - low), 0.0), 1.0)
    along = 1 - part if standing.yardstick.higher_is_better else part
    return round(DOT + along * (WIDTH - 2 * DOT))


def _cells(places: Mapping[str, int]) -> tuple[Cell, ...]:
    """Cut the strip wherever a band or a mark begins or ends; marks lie over bands, the dot over the tick."""
    layers = [*_bands(places), *_marks(places)]
    cuts = sorted({0, WIDTH, *(cut for _, start, end in layers for cut in (start, end))})
    cells: list[Cell] = []
    for start, end in pairwise(cuts):
        kind = next((name for name, first, last in reversed(layers) if first <= start and end <= last), "none")
        if cells and cells[-1].kind == kind:
            cells[-1] = Cell(kind, cells[-1].steps + end - start)
        else:
            cells.append(Cell(kind, end - start))
    return tuple(cells)


def _bands(places: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    for kind, one, other in _BANDS:
        if one in places and other in places:
            first, last = sorted((places[one], places[other]))
            yield kind, first, last


def _marks(places: Mapping[str, int]) -> Iterator[tuple[str, int, int]]:
    for kind, width in (("median", TICK), ("you", DOT)):
        if kind in places:
            yield kind, places[kind] - width // 2, places[kind] + width // 2


_BANDS = (("wide", "p10", "p90"), ("mid", "p25", "p75"))
