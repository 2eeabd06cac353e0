"""What a change would bring in a month, between what and what. Pure."""

from dataclasses import dataclass, replace
from math import sqrt

import polars as pl

from apps.advice.assumed import Unsure
from apps.advice.changes import Change
from apps.advice.effect import NO_PRICE, NOTHING_THERE, Lane, Missing
from apps.advice.effects import effect
from apps.advice.facts import Facts
from apps.advice.quality import Interval
from apps.advice.ranges import Range
from apps.rollups.intervals import Z

FEWEST_DAYS = 5
ALL_OF_IT = Unsure()


@dataclass(frozen=True)
class Answer:
    """`dollars` in nano-dollars a month: below 0 it saves; None where nothing of it can be computed, and `missing` says why.

    `base_nano` is what the same requests cost in a month today; `requests`, `left` and `failing` are a month's too.
    `quality` is the change of mean quality over them, in [-1, 1].
    """

    change: Change
    dollars: Range | None
    base_nano: int
    requests: int
    left: int
    failing: int
    quality: Interval | None
    missing: tuple[Missing, ...]
    lanes: tuple[Lane, ...]

    @property
    def coverage(self) -> float | None:
        """The share of the requests it should be of that the dollars are of."""
        return self.requests / (self.requests + self.left) if self.requests + self.left else None


def what_if(facts: Facts, change: Change, unsure: Unsure = ALL_OF_IT) -> Answer:
    found = effect(facts, change, unsure)
    monthly = facts.monthly
    base = int(found.days["base_nano"].sum() or 0)
    is_known = found.requests > 0 or not found.left
    missing = found.missing if found.requests or found.left else (*found.missing, Missing(NOTHING_THERE))
    return Answer(
        change=change,
        dollars=a_month(facts, found.days, unsure) if is_known and not _unpriced(missing) else None,
        base_nano=round(base * monthly),
        requests=round(found.requests * monthly),
        left=round(found.left * monthly),
        failing=round(found.failing * monthly),
        quality=found.quality,
        missing=tuple(replace(one, requests=round(one.requests * monthly)) for one in missing),
        lanes=found.lanes,
    )


def a_month(facts: Facts, days: pl.DataFrame, unsure: Unsure = ALL_OF_IT) -> Range:
    """Of days' low_nano and high_nano in what was read."""
    dollars = Range(int(days["low_nano"].sum() or 0), int(days["high_nano"].sum() or 0))
    if unsure.sample and not facts.sample.whole:
        dollars = dollars.widened(_sampling(facts, days, "low_nano"), _sampling(facts, days, "high_nano"))
    return dollars.scaled(facts.monthly)


def _unpriced(missing: tuple[Missing, ...]) -> bool:
    return any(one.why == NO_PRICE for one in missing)


def _sampling(facts: Facts, days: pl.DataFrame, end: str) -> float:
    """How far the sum may lie off because only some hours were read: 1.96 standard errors of a ratio estimate over days, the
    change against what was billed, with the correction for how much of the window was read. Too few days bound nothing."""
    both = facts.billed.join(days, on="day", how="left").select(
        pl.col("billed_nano").fill_null(0), pl.col(end).fill_null(0)
    )
    n, whole = both.height, sum(both["billed_nano"])
    if n < FEWEST_DAYS or not whole:
        return float(abs(sum(both[end])))
    ratio = sum(both[end]) / whole
    off = sum((change - ratio * billed) ** 2 for billed, change in both.iter_rows())
    unread = 1 - facts.sample.hours / facts.sample.of_hours
    return Z * sqrt(n / (n - 1) * off * unread)
