"""A metric's value with its unit."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.dashboards.wording import money
from apps.dashboards.wording.shares import duration, multiple, share
from apps.dashboards.wording.signs import MINUS
from apps.dashboards.wording.translate import Names, glued
from apps.rollups.metrics.definition import Direction, Metric, Unit

SHORT = Names(
    {
        "efficiency_billing": gettext_noop("Routing efficiency"),
        "efficiency_latency": gettext_noop("Routing efficiency"),
        "effective_cost_uplift": gettext_noop("Effective cost uplift"),
        "retry_rate": gettext_noop("Retry rate"),
        "retry_cost_multiple": gettext_noop("Retry cost multiple"),
        "retry_delay_ms": gettext_noop("Retry delay"),
        "fallback_rate": gettext_noop("Fallback rate"),
        "failure_rate": gettext_noop("Failure rate"),
        "routing_overhead_ms_p50": gettext_noop("Routing overhead, p50"),
        "efficiency_selection": gettext_noop("Routing efficiency"),
        "optimal_selection_rate": gettext_noop("Optimal selection"),
        "optimal_cost_ratio": gettext_noop("Optimal cost ratio"),
        "excess_spend": gettext_noop("Excess spend"),
        "under_quality_rate": gettext_noop("Under quality"),
        "cache_read_share": gettext_noop("Cached input share"),
        "best_single_gap": gettext_noop("Gap to the best single model"),
        "cost_per_quality": gettext_noop("Cost per quality"),
    }
)
"""Names for tables, where the registry's title stands below as what it counts."""


UNITS = Names(
    {
        Unit.SHARE: gettext_noop("share"),
        Unit.RATIO: gettext_noop("ratio"),
        Unit.MILLISECONDS: gettext_noop("ms"),
        Unit.HOURS_PER_DAY: gettext_noop("hours/day"),
        Unit.COUNT: gettext_noop("count"),
        Unit.INDEX: gettext_noop("index"),
        Unit.DOLLARS_PER_1000: gettext_noop("usd/1000"),
    }
)
DIRECTIONS = Names(
    {
        Direction.LOWER: gettext_noop("lower is better"),
        Direction.HIGHER: gettext_noop("higher is better"),
        Direction.NEITHER: gettext_noop("neither is better"),
    }
)


def title_of(metric: Metric) -> str:
    """Short, where there is a short one."""
    return SHORT.get(metric.name) or _(metric.title)


def translated(metric: Metric) -> Metric:
    """With its texts in the language of the page; the registry marks them, since the API tells them in English."""
    return replace(
        metric,
        title=_(metric.title),
        numerator=_(metric.numerator),
        denominator=_(metric.denominator),
        coverage=_(metric.coverage),
        why=_(metric.why),
        caveat=_(metric.caveat),
    )


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
    Unit.HOURS_PER_DAY: lambda value: glued(_("{hours} h a day")).format(hours=f"{value:,.1f}"),
    Unit.COUNT: lambda value: f"{value:,.0f}",
    Unit.INDEX: lambda value: f"{value:.2f}",
    Unit.DOLLARS_PER_1000: lambda value: _("{dollars} for 1,000").format(
        dollars=money.dollars(round(value * money.NANO))
    ),
}
