"""What lies where between cost and quality, as plain dictionaries for Plotly; see `plots` for how they are coloured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from apps.dashboards.figures.plots import Figure
from apps.dashboards.wording.translate import gettext as _

LOG_FROM = 8.0
"""A highest cost so many times the lowest needs a logarithmic axis."""


@dataclass(frozen=True)
class Point:
    """`low` and `high`: between which the quality lies."""

    name: str
    dollars: float
    quality: float
    low: float
    high: float
    used: bool


@dataclass(frozen=True)
class Curve:
    """One line of (quality, dollars), in the order of their quality; `colour` names a token of the stylesheet."""

    name: str
    colour: str
    dash: str
    points: Sequence[tuple[float, float, str]]
    """Quality, dollars, what it is of."""


def cost_and_quality(
    points: Sequence[Point], frontier: Sequence[Point], *, threshold: float, per: str, words: str
) -> Figure:
    """Full points are models in use, hollow ones are not; steps are the frontier, dashed is the quality asked for."""
    data = [
        _steps(frontier),
        *(
            _points(name, some, colour=colour, symbol=symbol)
            for name, some, colour, symbol in (
                (_("in use"), [one for one in points if one.used], "you", "circle"),
                (_("not in use"), [one for one in points if not one.used], "ink-quiet", "circle-open"),
            )
            if some
        ),
    ]
    costs = [one.dollars for one in points]
    layout = {
        **_layout(),
        "xaxis": {**_dollars(costs), "title": {"text": per, "standoff": 6}},
        "yaxis": {"fixedrange": True, "zeroline": False, "tickformat": ".2f", "range": _range(points, threshold)},
        "shapes": [_dashed(threshold)],
        "annotations": [_note(threshold, words)],
    }
    return {"data": data, "layout": layout}


def cost_of_quality(curves: Sequence[Curve], *, per: str) -> Figure:
    """Across: the quality reached; up: what a unit of it cost."""
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": one.name,
            "x": [round(quality, 4) for quality, *_rest in one.points],
            "y": [round(dollars, 9) for _quality, dollars, _of in one.points],
            "text": [words for *_rest, words in one.points],
            "line": {"width": 1.5, "dash": one.dash},
            "marker": {"size": 9},
            "meta": {"colour": one.colour},
            "hovertemplate": "%{text}<br>$%{y:,.4~g}, " + _("quality {quality}").format(quality="%{x:.3f}"),
        }
        for one in curves
    ]
    costs = [dollars for one in curves for _quality, dollars, _of in one.points]
    layout = {
        **_layout(),
        "xaxis": {
            "fixedrange": True,
            "zeroline": False,
            "tickformat": ".2f",
            "title": {"text": _("quality reached"), "standoff": 6},
        },
        "yaxis": {**_dollars(costs), "title": {"text": per}},
    }
    return {"data": data, "layout": layout}


def _steps(frontier: Sequence[Point]) -> Mapping[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _("frontier"),
        "x": [one.dollars for one in frontier],
        "y": [one.quality for one in frontier],
        "line": {"shape": "hv", "width": 1.5},
        "meta": {"colour": "median"},
        "hoverinfo": "skip",
    }


def _points(name: str, points: Sequence[Point], *, colour: str, symbol: str) -> Mapping[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [one.dollars for one in points],
        "y": [round(one.quality, 4) for one in points],
        "text": [one.name for one in points],
        "textposition": _beside(points),
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [round(one.high - one.quality, 4) for one in points],
            "arrayminus": [round(one.quality - one.low, 4) for one in points],
            "thickness": 1,
            "width": 0,
        },
        "marker": {"size": 11, "symbol": symbol},
        "cliponaxis": False,
        "meta": {"colour": colour},
        "hovertemplate": "%{text}: $%{x:,.4~g}, " + _("quality {quality}").format(quality="%{y:.3f}"),
    }


def _beside(points: Sequence[Point]) -> list[str]:
    """Names to the right above their points, to the left where the dearest stands: the frontier's steps run level."""
    dearest = max(one.dollars for one in points)
    return ["top left" if one.dollars == dearest and len(points) > 1 else "top right" for one in points]


def _range(points: Sequence[Point], threshold: float) -> list[float]:
    low = min([threshold, *(one.low for one in points)])
    high = max([threshold, *(one.high for one in points)])
    room = max(0.01, (high - low) * 0.06)
    return [round(low - room, 4), round(high + room, 4)]


def _dollars(costs: Sequence[float]) -> Mapping[str, Any]:
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False, "tickprefix": "$"}
    ordered = sorted(costs)
    if not ordered or ordered[0] <= 0 or ordered[-1] < LOG_FROM * ordered[0]:
        return axis | {"rangemode": "tozero"}
    return axis | {"type": "log", "tickvals": _ticks(ordered[0], ordered[-1]), "tickformat": "~r"}


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten, from the one below the lowest to the one above the highest."""
    marks = [float(f"{step}e{power}") for power in range(-9, 7) for step in (1, 2, 5)]
    return [one for one, following in pairwise(marks) if following > low and one <= high * 2.5]


def _dashed(value: float) -> Mapping[str, Any]:
    return {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value,
        "line": {"dash": "dash", "width": 1.5},
    }  # fmt: skip


def _note(value: float, words: str) -> Mapping[str, Any]:
    return {
        "xref": "paper", "x": 1, "xanchor": "right", "yref": "y", "y": value, "yanchor": "top", "text": words,
        "showarrow": False,
    }  # fmt: skip


def _layout() -> dict[str, Any]:
    return {
        "margin": {"l": 64, "r": 24, "t": 12, "b": 88},
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.22, "x": 0, "yanchor": "top"},
    }
