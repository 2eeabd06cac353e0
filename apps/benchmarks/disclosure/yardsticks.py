"""What is compared with peers: of each metric its public range and grid, its direction, the gates before it, its words.

A metric's definition is the rollups' (one registry for page, API and mail); here stands only what pooling adds. A
stratum is a part of a metric that is pooled apart, since its figures do not mean the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from apps.benchmarks.disclosure.grid import Grid, ratios, shares, times
from apps.benchmarks.disclosure.marks import gettext_noop as _


class Strata(StrEnum):
    """By what a metric is pooled apart."""

    NONE = "none"
    COMPLETENESS = "completeness"
    OVERHEAD_BASIS = "overhead_basis"


class Need(StrEnum):
    """What must be known of a deployment beyond its volume, outcomes and tokens, before a metric is pooled."""

    COST = "cost"
    RETRY = "retry"
    OVERHEAD = "overhead"
    LATENCY_IMPACT = "latency_impact"
    SELECTION = "selection"


@dataclass(frozen=True)
class Words:
    """How a verdict is said: `better` and `worse` than the median, in the `best` or `worst` quarter."""

    better: str = "better"
    worse: str = "worse"
    best: str = "best"
    worst: str = "worst"


COSTS = Words(worse="dearer", worst="dearest")
WAITS = Words(better="faster", worse="slower", best="fastest", worst="slowest")


@dataclass(frozen=True)
class Reference:
    """A figure of the published study: literature, never peers."""

    label: str
    value: float


@dataclass(frozen=True)
class Yardstick:
    """One benchmarked metric."""

    metric: str
    grid: Grid
    higher_is_better: bool = False
    strata: Strata = Strata.NONE
    needs: frozenset[Need] = frozenset()
    words: Words = Words()
    literature: tuple[Reference, ...] = ()

    def better(self, one: float, other: float) -> bool:
        """Whether the value `one` is strictly better than `other`."""
        return one > other if self.higher_is_better else one < other


COMPLETE, FIRST_HOP = "complete", "complete_first_hop"
COMPLETENESS_STRATA = (COMPLETE, FIRST_HOP)
OVERHEAD_STRATA = ("receive_to_dispatch", "total_minus_provider", "decision_only")

_RETRY = frozenset({Need.RETRY})
_COST_OF_RETRIES = frozenset({Need.COST, Need.RETRY})

_ALL = (
    Yardstick(
        "efficiency_billing",
        shares(0.30, 1.0),
        higher_is_better=True,
        strata=Strata.COMPLETENESS,
        needs=_COST_OF_RETRIES,
        words=COSTS,
    ),
    Yardstick(
        "efficiency_latency",
        shares(0.20, 1.0),
        higher_is_better=True,
        strata=Strata.COMPLETENESS,
        needs=_COST_OF_RETRIES | {Need.OVERHEAD, Need.LATENCY_IMPACT},
        words=COSTS,
    ),
    Yardstick(
        "effective_cost_uplift",
        ratios(0.0, 2.0),
        strata=Strata.COMPLETENESS,
        needs=_COST_OF_RETRIES,
        words=COSTS,
        literature=(Reference(_("study, low end"), 0.12), Reference(_("study, high end"), 0.18)),
    ),
    Yardstick(
        "retry_rate",
        shares(0.0, 0.40),
        strata=Strata.COMPLETENESS,
        needs=_RETRY,
        literature=(Reference(_("study"), 0.084),),
    ),
    Yardstick(
        "retry_cost_multiple",
        ratios(0.0, 4.0),
        strata=Strata.COMPLETENESS,
        needs=_COST_OF_RETRIES,
        words=COSTS,
        literature=(Reference(_("study"), 1.6),),
    ),
    Yardstick(
        "retry_delay_ms",
        times(100, 100_000),
        strata=Strata.COMPLETENESS,
        needs=_RETRY,
        words=WAITS,
        literature=(Reference(_("study"), 2_100.0),),
    ),
    Yardstick("fallback_rate", shares(0.0, 0.40), strata=Strata.COMPLETENESS, needs=_RETRY),
    Yardstick("failure_rate", shares(0.0, 0.20)),
    Yardstick(
        "routing_overhead_ms_p50",
        times(0.1, 10_000),
        strata=Strata.OVERHEAD_BASIS,
        needs=frozenset({Need.OVERHEAD}),
        words=WAITS,
        literature=(
            Reference(_("study, one provider"), 14.0),
            Reference(_("study, several providers with fallback chains"), 89.0),
        ),
    ),
    Yardstick("cache_read_share", shares(0.0, 1.0), higher_is_better=True),
    Yardstick(
        "optimal_selection_rate",
        shares(0.0, 1.0),
        higher_is_better=True,
        needs=frozenset({Need.COST, Need.SELECTION}),
        literature=(Reference(_("study, at deployment"), 0.87), Reference(_("study, after 90 days"), 0.61)),
    ),
)

YARDSTICKS: Mapping[str, Yardstick] = {yardstick.metric: yardstick for yardstick in _ALL}

EFFICIENCY_SCOPES = ("latency", "billing")
"""Widest first: the headline compares in the widest scope that a deployment has."""


def efficiency(scope: str) -> Yardstick:
    """Raises KeyError for a scope that is not benchmarked."""
    return YARDSTICKS[f"efficiency_{scope}"]


def strata_of(yardstick: Yardstick) -> tuple[str, ...]:
    """The strata of a metric, '' where it is pooled whole."""
    match yardstick.strata:
        case Strata.COMPLETENESS:
            return COMPLETENESS_STRATA
        case Strata.OVERHEAD_BASIS:
            return OVERHEAD_STRATA
        case _:
            return ("",)
