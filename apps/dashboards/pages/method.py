"""How is every number made? Every definition from the registry that the figures themselves come from. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.benchmarks.disclosure.policy import POLICY, Policy
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS, Strata
from apps.costing.published import ENGAGEMENT_LOSS_PER_100_MS, NANO, VALUE_PER_1000_REQUESTS_NANO
from apps.dashboards.figures.fiveparts import NAMES, Bar
from apps.dashboards.pages.parts import STUDY, study_bar
from apps.dashboards.wording.shares import share
from apps.dashboards.wording.values import SHORT, words_of
from apps.rollups.metrics.definition import Metric
from apps.rollups.metrics.registry import METRICS

STUDY_WAIT_MS = 75
STUDY_REQUESTS_PER_HOUR = 10_000
STUDY_HOURS = 208
STUDY_RETRY_RATE, STUDY_RETRY_MULTIPLE = 0.084, 1.6
STUDY_RETRY, STUDY_TOKEN = 14, 58
_APART = {
    Strata.NONE: "with all others",
    Strata.COMPLETENESS: "apart by how much of a request's attempts its source shows",
    Strata.OVERHEAD_BASIS: "apart by the basis on which the overhead was told",
}


@dataclass(frozen=True)
class Definition:
    """A metric as the registry has it; `compared` is empty where it is no part of the benchmark."""

    metric: Metric
    short: str
    compared: str
    literature: str


@dataclass(frozen=True)
class Correction:
    """What the published study says, and what its own figures give."""

    said: str
    found: str


@dataclass(frozen=True)
class MethodPage:
    definitions: tuple[Definition, ...]
    assumptions: tuple[str, ...]
    policy: Policy
    shares: tuple[tuple[str, str], ...]
    corrections: tuple[Correction, ...]
    study: Bar
    study_parts: tuple[tuple[str, str], ...]


def build() -> MethodPage:
    return MethodPage(
        definitions=tuple(_defined(metric) for metric in METRICS.values()),
        assumptions=(
            f"{share(ENGAGEMENT_LOSS_PER_100_MS)} of engagement lost for each 100 ms of added waiting",
            f"${VALUE_PER_1000_REQUESTS_NANO / NANO:.2f} for 1,000 user-facing requests",
            "list prices, without anybody's discount",
            "no declared integration maintenance",
        ),
        policy=POLICY,
        shares=tuple(_gates(POLICY)),
        corrections=tuple(_corrections()),
        study=study_bar(),
        study_parts=tuple((NAMES[kind], share(part, decimals=0)) for kind, part in STUDY.items()),
    )


def _defined(metric: Metric) -> Definition:
    yardstick, short = YARDSTICKS.get(metric.name), SHORT.get(metric.name, metric.title)
    if yardstick is None:
        return Definition(metric, short, "", "")
    words = words_of(metric)
    literature = "; ".join(f"{one.label} {words(one.value)}" for one in yardstick.literature)
    return Definition(metric, short, _APART[yardstick.strata], literature)


def _gates(policy: Policy) -> Iterator[tuple[str, str]]:
    yield "requests whose outcome is known", share(policy.outcome_known, decimals=0)
    yield "served requests with tokens", share(policy.tokens_known, decimals=0)
    yield "tokens with a price", share(policy.tokens_priced, decimals=0)
    yield "tokens whose request can be judged, for model choice", share(policy.tokens_evaluable, decimals=0)
    yield "requests whose attempts are all known, for what needs them", share(policy.attempts_known, decimals=0)
    yield "waits with a delay, for latency", share(policy.delay_known, decimals=0)
    yield "requests with an overhead on one basis, for latency", share(policy.overhead_known, decimals=0)


def _corrections() -> Iterator[Correction]:
    """Each computed here from the study's own figures."""
    hours = hours_a_day(STUDY_WAIT_MS, STUDY_REQUESTS_PER_HOUR * 24)
    dollars = lost_a_day(STUDY_WAIT_MS, STUDY_REQUESTS_PER_HOUR * 24)
    needed = STUDY_HOURS / hours * STUDY_REQUESTS_PER_HOUR * 24
    yield Correction(
        f"{STUDY_WAIT_MS} ms more at {STUDY_REQUESTS_PER_HOUR:,} requests an hour: {STUDY_HOURS} hours of waiting a day",
        f"{hours:.1f} hours a day; {STUDY_HOURS} hours take {needed / 1e6:.0f} million requests a day. At "
        f"${VALUE_PER_1000_REQUESTS_NANO / NANO:.2f} for 1,000 requests that is about ${dollars:.0f} a day.",
    )
    most, least = STUDY_RETRY_RATE * STUDY_RETRY_MULTIPLE, STUDY_RETRY_RATE * (STUDY_RETRY_MULTIPLE - 1)
    yield Correction(
        f"{share(STUDY_RETRY_RATE)} of requests retried at {STUDY_RETRY_MULTIPLE} times the cost",
        f"{share(most)} more only when the first attempts were billed in full, {share(least)} when they were not.",
    )
    yield Correction(
        f"An uplift of 12-18 %, and retries {STUDY_RETRY} % beside tokens {STUDY_TOKEN} % of the total",
        f"{STUDY_RETRY} / {STUDY_TOKEN} is {share(STUDY_RETRY / STUDY_TOKEN, decimals=0)}.",
    )
    yield Correction(
        "Routing overhead as the largest hidden cost",
        f"With {STUDY_TOKEN} % of the total, tokens are the largest part.",
    )
    yield Correction(
        "One provider costs 2.3 times as much for the same quality",
        "It says nothing without the quality that was reached, and is an association at best.",
    )


def hours_a_day(milliseconds: float, requests_a_day: float) -> float:
    return milliseconds * requests_a_day / 3_600_000


def lost_a_day(milliseconds: float, requests_a_day: float) -> float:
    """Dollars, under the published assumptions."""
    value = VALUE_PER_1000_REQUESTS_NANO / NANO / 1_000
    lost: float = 1 - (1 - ENGAGEMENT_LOSS_PER_100_MS) ** (milliseconds / 100)
    return lost * requests_a_day * value
