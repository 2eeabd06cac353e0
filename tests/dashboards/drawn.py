"""Figures as Plotly takes them: it raises ValueError for what it does not know."""

from importlib import import_module
from typing import Any


def drawn(figure: dict[str, Any]) -> Any:
    made: Any = import_module("plotly.graph_objects")
    return made.Figure(figure)
