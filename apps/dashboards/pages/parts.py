"""The five parts of a cost in words, each with its share; a part that is not measured says why."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import share
from apps.dashboards.wording.signs import AT_LEAST
from apps.rollups import parts as sums
from apps.rollups.sums import RequestSums
from apps.rollups.window import DeploymentWindow

STUDY = {"token": 0.58, "retry": 0.14, "latency": 0.08, "selection": 0.15, "maintenance": 0.05}
"""Median breakdown of the published study, in shares of the total: literature, never peers."""

NEARLY_ALL = 0.995
"""A coverage beyond which a part needs no mention of it."""

_SPLIT = (sums.TOKEN, sums.RETRY, sums.SELECTION)


@dataclass(frozen=True)
class Part:
    """`figure` and `detail` are words; an `absent` part says in `detail` what it lacks."""

    kind: str
    name: str
    figure: str
    detail: str
    absent: bool
    literature: str


def per_thousand(window: DeploymentWindow) -> dict[str, int | None]:
    """Nano-USD of each part for a thousand requests, by the tenant's own settings; None = not measured.

    Token, retry and selection are known of the requests whose cost is split, and are told for a thousand of those.
    """
    everything = window.totals.requests
    found = {}
    for part in window.parts:
        requests = everything.split if part.name in _SPLIT else everything.requests
        known = part.nano is not None and (part.name not in _SPLIT or is_split(everything))
        found[part.name] = money.per_thousand(part.nano, requests) if known and part.nano is not None else None
    return found


def is_split(sums: RequestSums) -> bool:
    """Whether any dispatched request has a price: those that were never dispatched cost nothing and tell nothing."""
    return (
        bool(sums.token_nano + sums.regret_nano + sums.wasted_nano + sums.premium_nano)
        or sums.requests == sums.undispatched
    )


def absent_of(window: DeploymentWindow) -> set[str]:
    """The parts that are not measured."""
    return {name for name, amount in per_thousand(window).items() if amount is None}


def why_absent(window: DeploymentWindow) -> dict[str, str]:
    """For each part that is not measured, what would measure it."""
    everything = window.totals.requests
    unsplit = _("needs all attempts, tokens and a price") if everything.requests else _("needs a first trace")
    if not everything.waiting:
        latency = _("nobody waits for these requests")
    elif not min(everything.waiting_delay_known, everything.waiting_overhead_known):
        latency = _("needs attempt starts and routing overhead")
    else:
        latency = _("needs a value of 1,000 requests, in settings")
    reasons = {
        sums.TOKEN: unsplit,
        sums.RETRY: unsplit,
        sums.LATENCY: latency,
        sums.SELECTION: _("needs scores of two models at a task, with requests or as a replay set"),
        sums.MAINTENANCE: _("needs hours and a rate, in settings"),
    }
    absent = absent_of(window)
    return {name: reason for name, reason in reasons.items() if name in absent}


def parts(window: DeploymentWindow) -> tuple[Part, ...]:
    amounts, why = per_thousand(window), why_absent(window)
    total = sum_of(amounts)
    lower_bounds = {part.name for part in window.parts if part.at_least}
    coverage = {part.name: part.coverage for part in window.parts}
    return tuple(
        _part(
            kind,
            amounts.get(kind),
            total,
            why=why.get(kind, ""),
            at_least=kind in lower_bounds,
            coverage=coverage.get(kind),
        )
        for kind in NAMES
    )


def sum_of(amounts: Mapping[str, int | None]) -> int | None:
    """Of the parts that are known; None when none is."""
    known = [amount for amount in amounts.values() if amount is not None]
    return sum(known) if known else None


def study_bar() -> Bar:
    return bar(STUDY, owner=_("Published study, median of 47 deployments; literature, not peers"))


def _part(
    kind: str, amount: int | None, total: int | None, *, why: str, at_least: bool, coverage: float | None
) -> Part:
    literature = share(STUDY[kind], decimals=0)
    if amount is None:
        return Part(kind, NAMES[kind], _("not measured"), why, absent=True, literature=literature)
    figure = f"{AT_LEAST} {money.dollars(amount)}" if at_least else money.dollars(amount)
    detail = share(amount / total) if total else ""
    if coverage is not None and coverage < NEARLY_ALL:
        detail += _("; known for {share}").format(share=share(coverage))
    return Part(kind, NAMES[kind], figure, detail, absent=False, literature=literature)
