"""Every metric, by its name, and how they are measured over a window."""

from collections.abc import Mapping
from datetime import date

from apps.rollups.intervals import bootstrap, bootstrap_difference, newcombe, wilson
from apps.rollups.metrics.definition import Measure, Metric
from apps.rollups.metrics.efficiency import EFFICIENCY
from apps.rollups.metrics.providers import PROVIDERS
from apps.rollups.metrics.routing import ROUTING
from apps.rollups.metrics.selection import SELECTION
from apps.rollups.metrics.waiting import WAITING
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals

METRICS: Mapping[str, Metric] = {one.name: one for one in (*EFFICIENCY, *ROUTING, *WAITING, *SELECTION, *PROVIDERS)}


def measure(totals: Totals, days: Mapping[date, RequestSums] | None = None) -> dict[str, Measure]:
    """All metrics over a window. With its days, dollar ratios have their intervals too; proportions always do."""
    return {name: _measure(metric, totals, days) for name, metric in METRICS.items()}


Sides = tuple[Totals, Mapping[date, RequestSums]]


def difference(metric: Metric, one: Sides, other: Sides) -> tuple[float, float] | None:
    """Interval of the metric of the one window less that of the other; None where the metric has none, or too few days."""
    if metric.pair is None:
        return None
    if metric.proportion:
        return newcombe(metric.pair(one[0].requests), metric.pair(other[0].requests))
    first, second = ([metric.pair(sums) for sums in days.values()] for _, days in (one, other))
    return bootstrap_difference(first, second)


def _measure(metric: Metric, totals: Totals, days: Mapping[date, RequestSums] | None) -> Measure:
    found = metric.find(totals)
    low, high = _interval(metric, totals, days) if found.value is not None else (None, None)
    coverage = found.covered / found.of if found.of else None
    return Measure(metric, found.value, coverage, found.covered, found.basis, low, high)


def _interval(
    metric: Metric, totals: Totals, days: Mapping[date, RequestSums] | None
) -> tuple[float, float] | tuple[None, None]:
    if metric.pair is None:
        return None, None
    if metric.proportion:
        return wilson(*metric.pair(totals.requests)) or (None, None)
    return (days and bootstrap([metric.pair(sums) for sums in days.values()])) or (None, None)
