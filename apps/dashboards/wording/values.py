"""A metric's value with its unit."""

from collections.abc import Callable

from apps.dashboards.wording import money
from apps.dashboards.wording.shares import duration, multiple, share
from apps.dashboards.wording.signs import MINUS, NBSP
from apps.rollups.metrics.definition import Metric, Unit

SHORT = {
    "efficiency_billing": "Routing efficiency",
    "efficiency_latency": "Routing efficiency",
    "effective_cost_uplift": "Effective cost uplift",
    "retry_rate": "Retry rate",
    "retry_cost_multiple": "Retry cost multiple",
    "retry_delay_ms": "Retry delay",
    "fallback_rate": "Fallback rate",
    "failure_rate": "Failure rate",
    "routing_overhead_ms_p50": "Routing overhead, p50",
    "efficiency_selection": "Routing efficiency",
    "optimal_selection_rate": "Optimal selection",
    "optimal_cost_ratio": "Optimal cost ratio",
    "excess_spend": "Excess spend",
    "under_quality_rate": "Under quality",
    "cache_read_share": "Cached input share",
    "best_single_gap": "Gap to the best single model",
    "cost_per_quality": "Cost per quality",
}
"""Names for tables, where the registry's title stands below as what it counts."""


def words_of(metric: Metric) -> Callable[[float], str]:
    if metric.name in ("effective_cost_uplift", "excess_spend", "optimal_cost_ratio"):
        return share
    if metric.name == "best_single_gap":
        return _more
    return _BY_UNIT[metric.unit]


def _more(value: float) -> str:
    return f"{MINUS if value < 0 else '+' if value > 0 else ''}{share(abs(value))}"


def _milliseconds(value: float) -> str:
    return duration(1000 * value)


_BY_UNIT: dict[Unit, Callable[[float], str]] = {
    Unit.SHARE: share,
    Unit.RATIO: multiple,
    Unit.MILLISECONDS: _milliseconds,
    Unit.HOURS_PER_DAY: lambda value: f"{value:,.1f}{NBSP}h a day",
    Unit.COUNT: lambda value: f"{value:,.0f}",
    Unit.INDEX: lambda value: f"{value:.2f}",
    Unit.DOLLARS_PER_1000: lambda value: f"{money.dollars(round(value * money.NANO))} for 1,000",
}
