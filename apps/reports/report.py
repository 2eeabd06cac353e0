"""A week's report as figures; nothing in it needs a database any more, and words come later (letter.py)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.advice.fixes import Fix
from apps.benchmarks.queries import Standing
from apps.benchmarks.weeks import Week

PARTS = ("token", "retry", "latency", "selection", "maintenance")
"""The five parts of the routing cost equation, in the order in which they are always shown."""


@dataclass(frozen=True)
class Part:
    """Nano-USD per 1,000 requests under the tenant's own settings; null is not measured, and why."""

    name: str
    now: int | None
    before: int | None
    missing: str = ""

    @property
    def change(self) -> int | None:
        return None if self.now is None or self.before is None else self.now - self.before


@dataclass(frozen=True)
class Section:
    """One deployment: the four weeks to Sunday, and the four weeks to the Sunday before."""

    name: str
    slug: str
    requests: int
    requests_before: int
    efficiency: Standing
    """In the widest scope that it has."""
    efficiency_before: float | None
    """In the same scope."""
    parts: tuple[Part, ...]
    metrics: tuple[Standing, ...]
    """Other metrics beside their medians."""
    silent_since: datetime | None = None
    """When the last request came, where that is unusually long ago."""
    unpriced: float | None = None
    """Share of requests without a price."""
    billing_unknown: int = 0
    """Failed attempts that may have been billed: what retries cost is then a least."""
    fix: Fix | None = None
    """The one that surely saves most."""

    @property
    def total(self) -> int | None:
        return _sum(part.now for part in self.parts)

    @property
    def total_before(self) -> int | None:
        return _sum(part.before for part in self.parts)

    @property
    def change(self) -> int | None:
        """Of the total, over the parts that both windows have: one that was just declared is no increase."""
        return _sum(part.change for part in self.parts)


@dataclass(frozen=True)
class Report:
    organization: str
    slug: str
    demo: bool
    week: Week
    frozen_at: datetime | None
    url: str
    """Of the page of the first deployment."""
    sections: tuple[Section, ...]
    """The deployment with the most requests first; at least one."""


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
