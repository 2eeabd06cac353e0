"""How a dialect reads one span at the door: which attributes are wanted, and what the span stands for. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from apps.ingest.adapters import allowed
from apps.ingest.adapters.kept import Wanted
from apps.ingest.spans import Role

Classify = Callable[[str, int, dict[str, Any]], tuple[str, Role]]
"""(name of the span, its kind, what is kept of it) to (dialect, role). It may add to what is kept, or take from it."""
Glimpse = Callable[[str, int], dict[str, Any]]
"""(a text, when the span started) to what is kept of it. What an attribute of its own says goes before."""


class Reading(NamedTuple):
    """How one attribute is read: a text that is dropped then, or a value that is kept under a name."""

    kept_as: str
    form: allowed.Form
    field: str
    """Where a value is most often found."""
    glance: Glimpse | None = None


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
    def readings(self) -> "Readings":
        return Readings(self)


class Readings(dict[str, Reading | None]):
    """Of attributes by their names on the wire. Most are not wanted: that, too, is found out once a name."""

    MOST = 4_096
    """Names that are remembered; a client may send new ones for ever."""

    def __init__(self, dialect: Dialect) -> None:
        texts = {name: _glance(glance) for name, glance in dialect.texts.items()}
        kept = {
            name: Reading(kept_as, form, allowed.FIELDS.get(form, "string_value"))
            for name, (kept_as, form) in dialect.attributes.items()
        }
        super().__init__({**texts, **kept})
        self._prefixed = dialect.prefixed

    def __missing__(self, name: str) -> Reading | None:
        glance = self._prefixed(name) if self._prefixed else None
        found = _glance(glance) if glance else None
        if len(self) < self.MOST:
            self[name] = found
        return found


def _glance(glance: Glimpse) -> Reading:
    return Reading("", allowed.label, "string_value", glance)
