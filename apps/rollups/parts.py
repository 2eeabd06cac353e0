"""The five parts of the routing cost equation, in the tenant's own dollars and under the published assumptions. Pure."""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from apps.costing.published import latency_impact_nano
from apps.costing.rounding import round_half_even
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals

TOKEN, RETRY, LATENCY, SELECTION, MAINTENANCE = "token", "retry", "latency", "selection", "maintenance"


@dataclass(frozen=True)
class Declared:
    """What a tenant declares of its deployment, in force from a day until the next declaration."""

    effective_from: date
    value_per_1000_nano: int | None
    maintenance_hours: Decimal | None
    hourly_rate_nano: int | None


@dataclass(frozen=True)
class Part:
    """One part. `nano` is null when it was not measured or not declared, which is never 0."""

    name: str
    nano: int | None
    coverage: float | None
    at_least: bool = False
    """Some failed attempts may have been billed without anybody knowing."""
    at_most_nano: int | None = None
    """Then: this part with the upper bound of those attempts, where every one of them has a bound."""
    declared: bool = False


class Waited(NamedTuple):
    """What the waiting of a day is valued by: those of RequestSums, where a day is asked for nothing else."""

    waiting: int
    waiting_delay_known: int
    waiting_overhead_known: int
    own_loss_nano: int


Days = Mapping[date, RequestSums] | Mapping[date, Waited]


def own_parts(totals: Totals, days: Days, declared: Sequence[Declared]) -> tuple[Part, ...]:
    """In the order of the equation."""
    return (*parts_of_requests(totals.requests, days, declared), _maintenance(totals.start, totals.end, declared))


def parts_of_requests(sums: RequestSums, days: Days, declared: Sequence[Declared]) -> tuple[Part, ...]:
    """Those that some of the requests have by themselves; waiting is valued day by day, by what was declared for the day."""
    split = _share(sums.split, sums.requests)
    return (
        Part(TOKEN, sums.token_nano if sums.split else None, split),
        _retry(sums, sums.wasted_nano + sums.premium_nano if sums.split else None, split),
        _latency(days, declared),
        Part(SELECTION, sums.regret_nano if sums.evaluable else None, _share(sums.evaluable, sums.requests)),
    )


def published_parts(totals: Totals) -> tuple[Part, ...]:
    """Under the published assumptions, from requests whose attempts are all known: what is compared with others."""
    sums = totals.measurable
    split = _share(sums.published_split, totals.requests.requests)
    known = min(sums.waiting_delay_known, sums.waiting_overhead_known)
    impact = round_half_even(latency_impact_nano(sums.loss_nano)) if known else None
    return (
        Part(TOKEN, sums.published_token_nano if sums.published_split else None, split),
        _retry(sums, sums.published_retry_nano if sums.published_split else None, split),
        Part(LATENCY, impact, _share(known, totals.requests.waiting)),
        _published_selection(sums, totals.requests.requests),
        Part(MAINTENANCE, None, None, declared=True),
    )


def _published_selection(sums: RequestSums, requests: int) -> Part:
    """By the default thresholds."""
    return Part(SELECTION, sums.published_regret_nano if sums.evaluable else None, _share(sums.evaluable, requests))


def _on_each(declared: Sequence[Declared], days: Iterable[date]) -> list[Declared | None]:
    """The last declaration that has begun on each of these days; None before the first. Lists ask for thousands of days."""
    ordered = sorted(declared, key=lambda one: one.effective_from)
    begun = [one.effective_from for one in ordered]
    return [ordered[place - 1] if place else None for place in (bisect_right(begun, day) for day in days)]


def _retry(sums: RequestSums, nano: int | None, coverage: float | None) -> Part:
    at_least = sums.unknown_attempts > 0
    bounded = at_least and not sums.unbounded_attempts and nano is not None
    return Part(
        RETRY, nano, coverage, at_least, nano + sums.unknown_upper_nano if bounded and nano is not None else None
    )


def _latency(days: Days, declared: Sequence[Declared]) -> Part:
    """Null when no value was declared for any day: hours are shown then, dollars are not."""
    each: list[RequestSums | Waited] = [*days.values()]
    values = [one.value_per_1000_nano if one else None for one in _on_each(declared, days)]
    worth = [(sums, value) for sums, value in zip(each, values, strict=True) if value is not None]
    covered = sum(min(sums.waiting_delay_known, sums.waiting_overhead_known) for sums, _ in worth)
    waiting = sum(sums.waiting for sums in each)
    if not covered:
        return Part(LATENCY, None, 0.0 if waiting else None, declared=True)
    losses: dict[int, int] = {}
    for sums, value in worth:
        losses[value] = losses.get(value, 0) + sums.own_loss_nano
    impact = sum((latency_impact_nano(loss, value) for value, loss in losses.items()), start=Fraction(0))
    return Part(LATENCY, round_half_even(impact), _share(covered, waiting), declared=True)


def _maintenance(start: date, end: date, declared: Sequence[Declared]) -> Part:
    """Hours a month x hourly rate, a day at a time: each is its month's share."""
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    costs = [
        cost
        for day, one in zip(days, _on_each(declared, days), strict=True)
        if (cost := _maintenance_on(day, one)) is not None
    ]
    nano = round_half_even(sum(costs, start=Fraction(0))) if costs else None
    return Part(MAINTENANCE, nano, len(costs) / len(days), declared=True)


def _maintenance_on(day: date, one: Declared | None) -> Fraction | None:
    if one is None or one.maintenance_hours is None or one.hourly_rate_nano is None:
        return None
    return Fraction(one.maintenance_hours) * one.hourly_rate_nano / monthrange(day.year, day.month)[1]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
