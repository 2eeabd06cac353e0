"""Charts over time as plain dictionaries for Plotly. Colours are named in `meta`, and taken from the stylesheet when drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import log10
from typing import Any

from apps.dashboards.wording.translate import gettext as _

Figure = dict[str, Any]
MOST_WORDS = 6
"""With more events their words would lie upon each other; the lines remain."""
SECONDS_FROM = 1000.0
LOG_FROM = 30.0
"""A highest value so many times the lowest needs a logarithmic axis."""


DATES = [
    {"dtickrange": [None, "M1"], "value": "%-d\u00a0%b"},
    {"dtickrange": ["M1", None], "value": "%b\u00a0%Y"},
]
"""Under an axis of time: days, and months where a mark is a month or more from the next."""


@dataclass(frozen=True)
class Series:
    """One kind of bar; `colour` names a token of the stylesheet."""

    name: str
    colour: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Band:
    """Quantiles of one period; None = nothing was measured in it."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Level:
    """A published value: literature, never a peer."""

    value: float
    words: str


@dataclass(frozen=True)
class Event:
    """Something that happened, in a few words."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Plot:
    """A chart, and in `label` what it shows in one sentence, for those who do not see it."""

    key: str
    figure: Figure
    label: str


def stacked(days: Sequence[date], series: Sequence[Series], *, prefix: str) -> Figure:
    """Bars upon each other, one a period."""
    when = [day.isoformat() for day in days]
    bars = [
        {
            "type": "bar",
            "name": one.name,
            "x": when,
            "y": list(one.values),
            "meta": {"colour": one.colour},
            "hovertemplate": f"{prefix}%{{y:,.4~f}}",
        }
        for one in series
    ]
    return {"data": bars, "layout": {**_layout(), "barmode": "stack", "yaxis": _axis(tickprefix=prefix)}}


def bands(periods: Sequence[tuple[date, Band | None]], levels: Sequence[Level] = ()) -> Figure:
    """The median as a line, from it to the 95th percentile a band, and the 99th a thin line; gaps stay gaps."""
    when = [day.isoformat() for day, _band in periods]
    size, unit = _unit(periods)
    known = [one for _day, one in periods]
    lines = [
        _line(_("median"), when, [one.p50 / size if one else None for one in known], unit, width=2.5),
        _line(
            _("95th percentile"),
            when,
            [one.p95 / size if one else None for one in known],
            unit,
            width=1,
            fill="tonexty",
        ),
        _line(
            _("99th percentile"), when, [one.p99 / size if one else None for one in known], unit, width=1, dash="dot"
        ),
    ]
    axis = _axis(ticksuffix=f"\u00a0{unit}", **({"type": "log"} if _is_wide(periods) else {"rangemode": "tozero"}))
    drawn = [_level(one.value / size) for one in levels]
    notes = [_note(one.value / size, one.words, log=_is_wide(periods)) for one in levels]
    return {"data": lines, "layout": {**_layout(), "yaxis": axis, "shapes": drawn, "annotations": notes}}


def lines(days: Sequence[date], series: Sequence[Series], *, suffix: str) -> Figure:
    """One line each, with gaps where nothing is known."""
    when = [day.isoformat() for day in days]
    drawn = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": one.name,
            "x": when,
            "y": [None if value is None else round(value, 3) for value in one.values],
            "connectgaps": False,
            "line": {"width": 2},
            "marker": {"size": 4},
            "meta": {"colour": one.colour},
            "hovertemplate": f"%{{y:,.2~f}}{suffix}",
        }
        for one in series
    ]
    return {"data": drawn, "layout": {**_layout(), "yaxis": _axis(ticksuffix=suffix)}}


def drawn_with(figure: Figure, events: Sequence[Event]) -> Figure:
    """The same chart with a vertical line and its words where something happened."""
    layout = figure["layout"]
    moments = [(one.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M"), one.words) for one in events]
    verticals = [
        {"type": "line", "xref": "x", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 1}}
        for at, _ in moments
    ]
    words = [
        {
            "xref": "x",
            "x": at,
            "xanchor": "left",
            "yref": "paper",
            "y": 1,
            "yanchor": "top",
            "text": text,
            "showarrow": False,
        }
        for at, text in moments[:MOST_WORDS]
    ]
    shapes, notes = [*layout.get("shapes", []), *verticals], [*layout.get("annotations", []), *words]
    return {"data": figure["data"], "layout": {**layout, "shapes": shapes, "annotations": notes}}


def _unit(periods: Sequence[tuple[date, Band | None]]) -> tuple[float, str]:
    """Seconds where even medians are about one, else milliseconds: how many of the latter, and the name."""
    highest = max((one.p50 for _, one in periods if one is not None), default=0)
    return (1000.0, _("s")) if highest >= SECONDS_FROM else (1.0, _("ms"))


def _is_wide(periods: Sequence[tuple[date, Band | None]]) -> bool:
    known = [one for _, one in periods if one is not None]
    lowest = min((one.p50 for one in known), default=0)
    return lowest > 0 and max(one.p99 for one in known) > LOG_FROM * lowest


def _line(
    name: str, when: Sequence[str], values: Sequence[float | None], unit: str, *, width: float, **more: str
) -> Mapping[str, Any]:
    told = [None if value is None else round(value, 3) for value in values]
    line: dict[str, Any] = {"width": width}
    line |= {key: value for key, value in more.items() if key == "dash"}
    fill = {"fill": more["fill"]} if "fill" in more else {}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": list(when),
        "y": told,
        "connectgaps": False,
        "line": line,
        "marker": {"size": 4 if width > 1 else 2},
        "meta": {"colour": "you"},
        "hovertemplate": f"%{{y:,.3~r}}\u00a0{unit}",
        **fill,
    }


def _level(value: float) -> Mapping[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": "y",
        "y0": value,
        "y1": value,
        "line": {"dash": "dash", "width": 1.5},
    }


def _note(value: float, words: str, *, log: bool) -> Mapping[str, Any]:
    """An annotation's place on a logarithmic axis is the logarithm; a shape's is not."""
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "yref": "y",
        "y": log10(value) if log else value,
        "yanchor": "bottom",
        "text": words,
        "showarrow": False,
    }


def _layout() -> Mapping[str, Any]:
    return {
        "margin": {"l": 64, "r": 8, "t": 8, "b": 64},
        "hovermode": "x unified",
        "dragmode": False,
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.14, "x": 0, "yanchor": "top", "traceorder": "normal"},
        "xaxis": {
            "type": "date",
            "fixedrange": True,
            "hoverformat": "%-d %b %Y",
            "tickformatstops": DATES,
            "tickangle": 0,
        },
    }


def _axis(**more: str) -> Mapping[str, Any]:
    return {"fixedrange": True, "rangemode": "tozero", "zeroline": False, **more}
