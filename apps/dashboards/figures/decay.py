"""The share of good choices over time, one line a policy epoch with its interval, and the study's line as literature."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.dashboards.figures.plots import Event, Figure, drawn_with
from apps.dashboards.wording.translate import gettext as _
from apps.dashboards.wording.translate import gettext_noop

STUDY = ((0, 87.0), (90, 61.0))
"""Days since deployment, and per cent: the published study, a line drawn between its two figures."""
STUDY_NAME = gettext_noop("published study: literature, not peers")
PEERS_MEDIAN, PEERS_HALF = gettext_noop("median of peers"), gettext_noop("middle half of peers")
_ROWS, _ROW_PX = 3, 15
_PER_CENT = "%{y:.1f}\u00a0%"


@dataclass(frozen=True)
class Moment:
    """In per cent."""

    day: date
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PeerWeek:
    """A published table over the days it is drawn for, in per cent; without `low` and `high` the median alone is told."""

    first: date
    last: date
    median: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Segment:
    """`kind` is the class by which the stylesheet colours it; the rest in per cent of the width."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    segments: tuple[Segment, ...]
    label: str


def falling(
    lines: Sequence[tuple[str, Sequence[Moment]]],
    since: date,
    events: Sequence[Event],
    peers: Sequence[PeerWeek] = (),
) -> Figure:
    """`lines`: the epochs with their moments; `since`: when the present one began, where the study's line is laid."""
    drawn = [*_peers(peers)]
    drawn += [
        trace for n, (name, moments) in enumerate(lines) for trace in _epoch(name, moments, is_last=n == len(lines) - 1)
    ]
    layout = {
        "margin": {"l": 64, "r": 8, "t": 52, "b": 64},
        "hovermode": "x unified",
        "dragmode": False,
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.14, "x": 0, "yanchor": "top"},
        "xaxis": {
            "type": "date",
            "tickformat": "%-d %b",
            "tickangle": 0,
            "nticks": 6,
            "fixedrange": True,
            "hoverformat": "%-d %b %Y",
            "range": _reach(lines),
        },
        "yaxis": {"fixedrange": True, "zeroline": False, "ticksuffix": "\u00a0%"},
    }
    return _staggered(drawn_with({"data": [*drawn, _study(since)], "layout": layout}, events))


def causes(parts: Mapping[str, float], *, label: str) -> Bar:
    """Those that took something away, side by side; gains take no room, and stand in words beside it."""
    lost = {kind: part for kind, part in parts.items() if part > 0}
    whole, x = sum(lost.values()), 0.0
    segments = []
    for kind, part in lost.items():
        width = 100 * part / whole
        segments.append(Segment(kind, round(x, 2), round(width, 2)))
        x += width
    return Bar(tuple(segments), label)


def _epoch(name: str, moments: Sequence[Moment], *, is_last: bool) -> Iterator[dict[str, Any]]:
    when, colour = [one.day.isoformat() for one in moments], "you" if is_last else "ink-quiet"
    common = {"type": "scatter", "x": when, "meta": {"colour": colour}}
    edge = {**common, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    yield {**edge, "name": _("{name}, low").format(name=name), "y": [round(one.low, 3) for one in moments]}
    yield {
        **edge,
        "name": _("{name}, high").format(name=name),
        "y": [round(one.high, 3) for one in moments],
        "fill": "tonexty",
    }
    yield {
        **common,
        "mode": "lines+markers",
        "name": name,
        "y": [round(one.value, 3) for one in moments],
        "line": {"width": 2.5 if is_last else 1.5},
        "marker": {"size": 4},
        "hovertemplate": _PER_CENT,
    }


def _peers(weeks: Sequence[PeerWeek]) -> Iterator[dict[str, Any]]:
    """Behind everything else: what was published, each stretch of weeks without a gap by itself."""
    median, half = _(PEERS_MEDIAN), _(PEERS_HALF)
    middle = [one for one in weeks if one.low is not None and one.high is not None]
    for n, some in enumerate(_runs(middle)):
        edge = {**_beside(some), "line": {"width": 0}, "hoverinfo": "skip"}
        yield {
            **edge,
            "name": _("{name}, low").format(name=half),
            "y": _twice([one.low for one in some]),
            "showlegend": False,
        }
        high = {"name": half, "y": _twice([one.high for one in some]), "fill": "tonexty"}
        yield {**edge, **high, "legendgroup": half, "showlegend": n == 0}
    for n, some in enumerate(_runs(weeks)):
        told = {"name": median, "y": _twice([one.median for one in some]), "line": {"width": 1.5}}
        yield {**_beside(some), **told, "legendgroup": median, "showlegend": n == 0, "hovertemplate": _PER_CENT}


def _runs(weeks: Sequence[PeerWeek]) -> list[list[PeerWeek]]:
    runs: list[list[PeerWeek]] = []
    for one in weeks:
        if runs and one.first - runs[-1][-1].last <= timedelta(days=1):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _beside(weeks: Sequence[PeerWeek]) -> dict[str, Any]:
    when = [day.isoformat() for one in weeks for day in (one.first, one.last)]
    return {"type": "scatter", "mode": "lines", "x": when, "meta": {"colour": "median"}}


def _twice(values: Iterable[float | None]) -> list[float | None]:
    """At the first and the last day of each week."""
    return [value for value in values for _time in range(2)]


def _reach(lines: Sequence[tuple[str, Sequence[Moment]]]) -> list[str]:
    """What was measured, and no room for what the study found later."""
    days = [one.day for _, moments in lines for one in moments]
    return [(day + timedelta(days=n)).isoformat() for day, n in ((min(days), -1), (max(days), 1))]


def _study(since: date) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _(STUDY_NAME),
        "x": [(since + timedelta(days=days)).isoformat() for days, _share in STUDY],
        "y": [value for _, value in STUDY],
        "line": {"width": 1.5, "dash": "dash"},
        "meta": {"colour": "ink-quiet"},
        "hoverinfo": "skip",
    }


def _staggered(figure: Figure) -> Figure:
    """Words above the chart, in rows, so that those of days close together can be read."""
    notes = [
        {**note, "y": 1, "yshift": _ROW_PX * (n % _ROWS), "yanchor": "bottom"}
        for n, note in enumerate(figure["layout"]["annotations"])
    ]
    return {"data": figure["data"], "layout": {**figure["layout"], "annotations": notes}}
