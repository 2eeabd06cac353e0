"""One metric of one's own: what it is, how much, on what part of the traffic, and how it went."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from apps.dashboards.figures.history import History, Reference, history
from apps.dashboards.wording.times import short_day


@dataclass(frozen=True)
class Own:
    """`value` is None where it was not measured; `words` writes any value of this metric with its unit."""

    metric: str
    title: str
    note: str
    value: float | None
    words: Callable[[float], str]
    weeks: Sequence[float | None] = ()
    """Oldest first."""
    first_day: date | None = None
    last_day: date | None = None
    references: Sequence[Reference] = ()

    def history(self) -> History | None:
        """The chart of the own weeks; None where there are none."""
        if self.first_day is None or self.last_day is None:
            return None
        return history(
            self.weeks,
            what=self.title,
            first=short_day(self.first_day),
            last=short_day(self.last_day),
            references=self.references,
            words=self.words,
        )
