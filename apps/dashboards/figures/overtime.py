"""The five parts over time, stacked: a figure of Plotly as plain dictionaries, whose colours the page's stylesheet gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.dashboards.figures.fiveparts import NAMES

NANO = 1_000_000_000
Figure = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One day or week; amounts in nano-USD by part, None = not measured. `words` name its days."""

    first: date
    words: str
    amounts: Mapping[str, int | None]


def over_time(columns: Sequence[Column]) -> Figure:
    """`data` and `layout`; a part that is never known has no trace. `meta` names the part, for its colour."""
    known = [kind for kind in NAMES if any(one.amounts.get(kind) is not None for one in columns)]
    most = max((nano for one in columns for nano in one.amounts.values() if nano), default=0)
    digits = 2 if most >= NANO else 4
    traces = [_trace(kind, columns, f"%{{y:$,.{digits}f}}") for kind in known]
    return {
        "data": traces,
        "layout": {
            "barmode": "stack",
            "bargap": 0.18,
            "showlegend": False,
            "hovermode": "x unified",
            "dragmode": False,
            "height": 300,
            "margin": {"l": 64, "r": 8, "t": 12, "b": 36},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {
                "type": "category",
                "tickmode": "array",
                "tickvals": [one.words for one in _ticks(columns)],
                "tickangle": 0,
                "fixedrange": True,
                "showgrid": False,
            },
            "yaxis": {
                "tickprefix": "$",
                "tickformat": ",.2f" if most < 10 * NANO else ",.0f",
                "rangemode": "tozero",
                "fixedrange": True,
                "zeroline": False,
                "nticks": 6,
            },
        },
    }


def _trace(kind: str, columns: Sequence[Column], words: str) -> Figure:
    amounts = [one.amounts.get(kind) for one in columns]
    return {
        "type": "bar",
        "name": NAMES[kind],
        "meta": kind,
        "x": [one.words for one in columns],
        "y": [None if nano is None else nano / NANO for nano in amounts],
        "hovertemplate": words,
        "marker": {"line": {"width": 0}},
    }


def _ticks(columns: Sequence[Column], most: int = 6) -> Sequence[Column]:
    """A few columns in equal steps, the first among them, so that their names have room."""
    step = -(-len(columns) // most) or 1
    return columns[::step]
