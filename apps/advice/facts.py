"""What advice is computed from: the requests of a window or a fair sample of them, prices, and what is known of models.
Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

import polars as pl

from apps.advice.assumed import Lengths
from apps.advice.changes import Model
from apps.advice.quality import Quality
from apps.costing.evaluate import Evaluated

MONTH_DAYS = Fraction(304, 10)
"""A twelfth of a year of 365 days, near enough."""
Pricer = Callable[[pl.DataFrame], pl.Series]
"""What usages (apps.pricing.quote) cost at the tenant's terms, in nano-dollars; null where there is no price."""


@dataclass(frozen=True)
class Known:
    """Of one model at one task."""

    provider: str | None
    """Whose price is its; None: its maker's."""
    quality: Quality
    lengths: Lengths | None


@dataclass(frozen=True)
class Sample:
    """How much of a window was read: hours of those there are, and what all of it was billed."""

    hours: int
    of_hours: int
    billed_nano: int

    @property
    def whole(self) -> bool:
        return self.hours == self.of_hours


@dataclass(frozen=True)
class Facts:
    """Of the days `first` to `last`, both included, in one environment (None: in all)."""

    first: date
    last: date
    environment: str | None
    seen: pl.DataFrame
    """Attempts with what is known of their requests, see `seen`."""
    billed: pl.DataFrame
    """Columns day and billed_nano: of the requests that were read."""
    sample: Sample
    price: Pricer
    known: Mapping[tuple[str, str], Known]
    """By task and canonical name of the model, as of the last day that has any."""
    eligible: Mapping[str, Sequence[Model]] = field(default_factory=dict)
    """By task, the candidates that reach its threshold on that day."""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @cached_property
    def read_nano(self) -> int:
        return int(self.billed["billed_nano"].sum() or 0)

    @cached_property
    def monthly(self) -> Fraction:
        """What the figures of the sample are multiplied by."""
        per_window = Fraction(self.sample.billed_nano, self.read_nano) if self._sampled else Fraction(1)
        return per_window * MONTH_DAYS / self.days

    @property
    def _sampled(self) -> bool:
        return not self.sample.whole and self.read_nano > 0


def seen(found: Evaluated, environment: str | None) -> pl.DataFrame:
    """The attempts of these requests, with `day`, `task`, `route`, `outcome`, `measurable`, `request_nano` (what the request
    was billed), `planned_nano`, `attempt_count`, and the provider and model of attempt 0."""
    requests = found.requests.filter(True if environment is None else pl.col("environment") == environment).select(
        "request_row",
        "day",
        "task",
        "route",
        "outcome",
        "measurable",
        "planned_nano",
        "attempt_count",
        request_nano="billed_nano",
    )
    first = found.attempts.filter(pl.col("n") == 0).select(
        "request_row", planned_provider="provider", planned_model="model"
    )
    owned = found.attempts.join(requests, on="request_row", maintain_order="left")
    return owned.join(first, on="request_row", how="left", maintain_order="left")


def billed_by_day(found: Evaluated, environment: str | None) -> pl.DataFrame:
    priced = found.requests.filter(True if environment is None else pl.col("environment") == environment)
    return priced.group_by("day").agg(pl.col("billed_nano").sum()).sort("day")
