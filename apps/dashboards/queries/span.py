"""Which days and which environment a page or a program asks for."""

from dataclasses import dataclass
from datetime import date

ALL = "all"


@dataclass(frozen=True)
class Span:
    """Days in UTC, both included. `environment`: None for all of them."""

    start: date
    end: date
    environment: str | None

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1
