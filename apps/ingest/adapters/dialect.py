"""How a dialect reads one span at the door: which attributes are wanted, and what the span stands for. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from apps.ingest.adapters.kept import Wanted
from apps.ingest.spans import Role

Classify = Callable[[str, int, dict[str, Any]], tuple[str, Role]]
"""(name of the span, its kind, what is kept of it) to (dialect, role). It may add to what is kept, or take from it."""
Glimpse = Callable[[str, int], dict[str, Any]]
"""(a text, when the span started) to what is kept of it. What an attribute of its own says goes before."""


@dataclass(frozen=True, eq=False)
class Dialect:
    attributes: Wanted
    classify: Classify
    events: Mapping[str, Wanted] = field(default_factory=dict)
    """Events that are kept, each with its attributes."""
    texts: Mapping[str, Glimpse] = field(default_factory=dict)
    """Attributes that are read and dropped."""
    prefixed: Callable[[str], Glimpse | None] | None = None
    """The same, for names of which only a part is fixed."""
    first_tokens: frozenset[str] = frozenset()
    """Events whose first one tells when the answer began; kept as seconds from the start."""

    @cached_property
    def wanted(self) -> dict[str, tuple[str, Callable[[str, Any], Any]] | tuple[None, Glimpse]]:
        """By the name on the wire: what it is kept under and its form, or how it is read and dropped."""
        return {**{name: (None, glance) for name, glance in self.texts.items()}, **self.attributes}
