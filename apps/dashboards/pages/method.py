"""How is every number made? Every definition from the registry that the figures themselves come from. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.benchmarks.disclosure.policy import POLICY, Policy
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS, Strata
from apps.costing.published import ENGAGEMENT_LOSS_PER_100_MS, NANO, VALUE_PER_1000_REQUESTS_NANO
from apps.dashboards.figures.fiveparts import NAMES, Bar
from apps.dashboards.pages.parts import STUDY, study_bar
from apps.dashboards.wording.shares import share
from apps.dashboards.wording.translate import Names
from apps.dashboards.wording.values import DIRECTIONS, UNITS, title_of, translated, words_of
from apps.rollups.metrics.definition import Metric
from apps.rollups.metrics.registry import METRICS

STUDY_WAIT_MS = 75
STUDY_REQUESTS_PER_HOUR = 10_000
STUDY_HOURS = 208
STUDY_RETRY_RATE, STUDY_RETRY_MULTIPLE = 0.084, 1.6
STUDY_RETRY, STUDY_TOKEN = 14, 58
_APART = Names(
    {
        Strata.NONE: gettext_noop("with all others"),
        Strata.COMPLETENESS: gettext_noop("apart by how much of a request's attempts its source shows"),
        Strata.OVERHEAD_BASIS: gettext_noop("apart by the basis on which the overhead was told"),
    }
)


@dataclass(frozen=True)
class Definition:
    """A metric as the registry has it, translated; `compared` is empty where it is no part of the benchmark."""

    metric: Metric
    short: str
    unit: str
    direction: str
    compared: str = ""
    literature: str = ""


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
        assumptions=_assumptions(),
        policy=POLICY,
        shares=tuple(_gates(POLICY)),
        corrections=tuple(_corrections()),
        study=study_bar(),
        study_parts=tuple((NAMES[kind], share(part, decimals=0)) for kind, part in STUDY.items()),
    )


def _assumptions() -> tuple[str, ...]:
    return (
        _("{share} of engagement lost for each 100 ms of added waiting").format(
            share=share(ENGAGEMENT_LOSS_PER_100_MS)
        ),
        _("{amount} for 1,000 user-facing requests").format(amount=_value_of_a_thousand()),
        _("list prices, without anybody's discount"),
        _("no declared integration maintenance"),
    )


def _value_of_a_thousand() -> str:
    return f"${VALUE_PER_1000_REQUESTS_NANO / NANO:.2f}"


def _defined(metric: Metric) -> Definition:
    yardstick, told = YARDSTICKS.get(metric.name), translated(metric)
    short, unit, direction = title_of(metric), UNITS[metric.unit], DIRECTIONS[metric.direction]
    if yardstick is None:
        return Definition(told, short, unit, direction)
    words = words_of(metric)
    literature = "; ".join(f"{_(one.label)} {words(one.value)}" for one in yardstick.literature)
    return Definition(told, short, unit, direction, _APART[yardstick.strata], literature)


def _gates(policy: Policy) -> Iterator[tuple[str, str]]:
    yield _("requests whose outcome is known"), share(policy.outcome_known, decimals=0)
    yield _("served requests with tokens"), share(policy.tokens_known, decimals=0)
    yield _("tokens with a price"), share(policy.tokens_priced, decimals=0)
    yield _("tokens whose request can be judged, for model choice"), share(policy.tokens_evaluable, decimals=0)
    known = share(policy.attempts_known, decimals=0)
    yield _("requests whose attempts are all known, for what needs them"), known
    yield _("waits with a delay, for latency"), share(policy.delay_known, decimals=0)
    yield _("requests with an overhead on one basis, for latency"), share(policy.overhead_known, decimals=0)


def _corrections() -> Iterator[Correction]:
    """Each computed here from the study's own figures."""
    hours = hours_a_day(STUDY_WAIT_MS, STUDY_REQUESTS_PER_HOUR * 24)
    dollars = lost_a_day(STUDY_WAIT_MS, STUDY_REQUESTS_PER_HOUR * 24)
    needed = STUDY_HOURS / hours * STUDY_REQUESTS_PER_HOUR * 24
    yield Correction(
        _("{wait} ms more at {requests} requests an hour: {hours} hours of waiting a day").format(
            wait=STUDY_WAIT_MS, requests=f"{STUDY_REQUESTS_PER_HOUR:,}", hours=STUDY_HOURS
        ),
        _(
            "{found} hours a day; {said} hours take {needed} million requests a day. At {value} for 1,000 requests that is "
            "about {lost} a day."
        ).format(
            found=f"{hours:.1f}",
            said=STUDY_HOURS,
            needed=f"{needed / 1e6:.0f}",
            value=_value_of_a_thousand(),
            lost=f"${dollars:.0f}",
        ),
    )
    most, least = STUDY_RETRY_RATE * STUDY_RETRY_MULTIPLE, STUDY_RETRY_RATE * (STUDY_RETRY_MULTIPLE - 1)
    yield Correction(
        _("{share} of requests retried at {multiple} times the cost").format(
            share=share(STUDY_RETRY_RATE), multiple=STUDY_RETRY_MULTIPLE
        ),
        _("{most} more only when the first attempts were billed in full, {least} when they were not.").format(
            most=share(most), least=share(least)
        ),
    )
    yield Correction(
        _("An uplift of {uplift}, and retries {retries} beside tokens {tokens} of the total").format(
            uplift="12-18 %", retries=f"{STUDY_RETRY} %", tokens=f"{STUDY_TOKEN} %"
        ),
        _("{ratio} is {share}.").format(
            ratio=f"{STUDY_RETRY} / {STUDY_TOKEN}", share=share(STUDY_RETRY / STUDY_TOKEN, decimals=0)
        ),
    )
    yield Correction(
        _("Routing overhead as the largest hidden cost"),
        _("With {share} of the total, tokens are the largest part.").format(share=f"{STUDY_TOKEN} %"),
    )
    yield Correction(
        _("One provider costs 2.3 times as much for the same quality"),
        _("It says nothing without the quality that was reached, and is an association at best."),
    )


def hours_a_day(milliseconds: float, requests_a_day: float) -> float:
    return milliseconds * requests_a_day / 3_600_000


def lost_a_day(milliseconds: float, requests_a_day: float) -> float:
    """Dollars, under the published assumptions."""
    value = VALUE_PER_1000_REQUESTS_NANO / NANO / 1_000
    lost: float = 1 - (1 - ENGAGEMENT_LOSS_PER_100_MS) ** (milliseconds / 100)
    return lost * requests_a_day * value
