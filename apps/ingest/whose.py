"""Of a call of LiteLLM that spans and callback rows tell of: whose request is stored. Pure.

Spans tell more (every attempt, the overhead of routing), so theirs stands, unless they fall short: a router's first
generation of spans leaves failures out, and its rows have them all. Then the request of rows stands, if it has every call
of the requests of spans that it takes the place of. Both sides ask the same question, so none is stored twice or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import NamedTuple

from apps.ingest.derive import Told, Unit


class Place(NamedTuple):
    """Where facts of a call are stored."""

    unit: str
    day: date
    short: frozenset[str] | None = None
    """Of spans that do not tell of all attempts: the calls of their request."""

    @property
    def is_of_rows(self) -> bool:
        return Unit(self.unit).is_of_rows


Places = Mapping[str, AbstractSet[Place]]
"""By call."""


def rows_stand(told: Told, places: Places) -> bool:
    """Whether this request of rows is stored."""
    of_spans = [place for call in told.calls for place in places.get(call, ()) if not place.is_of_rows]
    if told.falls_short:
        return not of_spans
    return all(place.short is not None and place.short <= told.calls for place in of_spans)


def spans_stand(told: Told, of_rows: Iterable[Told], places: Places) -> bool:
    """Whether this request of spans is stored, beside those of rows that have calls of it."""
    return not any(rows_stand(one, places) for one in rivals(told, of_rows))


def rivals(told: Told, of_rows: Iterable[Told]) -> list[Told]:
    """Requests of rows that may stand for it."""
    if not told.falls_short or not told.calls:
        return []
    return [one for one in of_rows if not one.falls_short and told.calls <= one.calls]


def shortcomings(found: Iterable[Told]) -> dict[str, frozenset[str]]:
    """Calls that no request tells of with all its attempts, each with the calls of the requests that do tell of it."""
    whole: set[str] = set()
    said: dict[str, set[str]] = defaultdict(set)
    for told in found:
        if not told.falls_short:
            whole |= told.calls
        for call in told.calls if told.falls_short else ():
            said[call] |= told.calls
    return {call: frozenset(calls) for call, calls in said.items() if call not in whole}
