"""A line through measured points, which breaks where nothing was measured."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """`runs` are `points` attributes of polylines; `lone` are measured points without a measured neighbour."""

    runs: tuple[str, ...]
    lone: tuple[Point, ...]
    last: Point | None


def line(points: Sequence[Point | None]) -> Line:
    runs, lone = [], []
    for run in _runs(points):
        if len(run) == 1:
            lone.append(run[0])
        else:
            runs.append(" ".join(f"{point.x:g},{point.y:g}" for point in run))
    last = next((point for point in reversed(points) if point is not None), None)
    return Line(tuple(runs), tuple(lone), last)


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    found: list[list[Point]] = [[]]
    for point in points:
        if point is not None:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]
