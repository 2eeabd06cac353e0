"""Who may enter the pool: gates of a deployment and of its organization, each named, measured, and how to pass it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from apps.benchmarks.disclosure.freemail import is_free_mail
from apps.benchmarks.disclosure.marks import gettext_noop as _
from apps.benchmarks.disclosure.policy import POLICY, Policy
from apps.benchmarks.disclosure.yardsticks import COMPLETE, FIRST_HOP, Need, Strata, Yardstick

FIXES: Mapping[str, str] = {
    "mail_verified": _("Let a member confirm their address."),
    "domain_verified": _("Verify a domain of your own; free-mail domains do not count."),
    "age": _("Wait until {days} days after sign-up."),
    "contributes": _("Switch contribution on in the deployment's settings."),
    "requests": _("Send at least {requests:,} production requests in the four weeks."),
    "active_days": _("Send production requests on at least {days} days of the four weeks."),
    "outcome_known": _("Report the outcome of each request."),
    "tokens_known": _("Report input and output tokens of the attempts that served."),
    "tokens_priced": _("Enter prices for the models without one, or report costs in USD."),
    "tokens_evaluable": _("Send scores for a task's planned model and another, or upload a replay set of both."),
    "attempts_known": _("Use a source that reports every attempt of a request."),
    "one_overhead_basis": _("Report the routing overhead, with one basis, for nearly all requests."),
    "delay_known": _("Report when each attempt of user-facing requests started."),
    "overhead_known": _("Report the routing overhead of user-facing requests."),
}
"""Of the requirements below, with the numbers of the policy left out."""
_NEEDED: Mapping[str, Mapping[str, int]] = {
    "age": {"days": POLICY.age_days},
    "requests": {"requests": POLICY.requests},
    "active_days": {"days": POLICY.active_days},
}


@dataclass(frozen=True)
class Gate:
    """One condition: what was measured (None: there was nothing to measure) and what is needed."""

    name: str
    passed: bool
    measured: float | None
    needed: float

    @property
    def fix(self) -> str:
        return self.fix_in(FIXES[self.name])

    def fix_in(self, text: str) -> str:
        """How to pass it, by its text in whatever language, with the numbers of the policy."""
        return text.format(**_NEEDED.get(self.name, {}))


@dataclass(frozen=True)
class DeploymentFacts:
    """Counts of one deployment in the window, of environment production alone."""

    contributes: bool
    requests: int
    active_days: int
    with_outcome: int
    served_attempts: int
    served_attempts_with_tokens: int
    served_tokens: int
    priced_tokens: int
    """Of the served ones."""
    dispatched: int
    """Requests less cache hits and refusals of the gateway."""
    waiting: int
    """User-facing requests that count for latency."""
    waiting_with_delay: int
    waiting_with_overhead: int
    evaluable_tokens: int = 0
    """Of the served ones, those of requests whose planned model can be compared with another."""
    completeness: Mapping[str, int] = field(default_factory=dict)
    """Requests by completeness class."""
    overhead: Mapping[str, int] = field(default_factory=dict)
    """Requests with a routing overhead, by its basis."""


@dataclass(frozen=True)
class OrganizationFacts:
    """What is asked of a tenant; `vouched` by the operator waives mail, domain and age, nothing else."""

    vouched: bool
    mail_verified: bool
    domain: str
    domain_verified: bool
    created_on: date


def organization_gates(facts: OrganizationFacts, *, on: date, policy: Policy = POLICY) -> tuple[Gate, ...]:
    """The gates of an organization on a day; the opt-in is a gate of each deployment."""
    own_domain = facts.domain_verified and not is_free_mail(facts.domain)
    gates = (
        _yes("mail_verified", facts.mail_verified),
        _yes("domain_verified", own_domain),
        _least("age", (on - facts.created_on).days, policy.age_days),
    )
    return tuple(Gate(gate.name, facts.vouched or gate.passed, gate.measured, gate.needed) for gate in gates)


def deployment_gates(facts: DeploymentFacts, yardstick: Yardstick, *, policy: Policy = POLICY) -> tuple[Gate, ...]:
    """Every gate before this metric, in the order in which a tenant would mend them."""
    gates = [
        _yes("contributes", facts.contributes),
        _least("requests", facts.requests, policy.requests),
        _least("active_days", facts.active_days, policy.active_days),
        _share("outcome_known", facts.with_outcome, facts.requests, policy.outcome_known),
        _share("tokens_known", facts.served_attempts_with_tokens, facts.served_attempts, policy.tokens_known),
    ]
    if Need.COST in yardstick.needs:
        gates.append(_share("tokens_priced", facts.priced_tokens, facts.served_tokens, policy.tokens_priced))
    if Need.SELECTION in yardstick.needs:
        gates.append(_share("tokens_evaluable", facts.evaluable_tokens, facts.served_tokens, policy.tokens_evaluable))
    if Need.RETRY in yardstick.needs:
        known = sum(facts.completeness.get(name, 0) for name in (COMPLETE, FIRST_HOP))
        gates.append(_share("attempts_known", known, facts.requests, policy.attempts_known))
    if Need.OVERHEAD in yardstick.needs:
        most = max(facts.overhead.values(), default=0)
        gates.append(_share("one_overhead_basis", most, facts.dispatched, policy.one_overhead_basis))
    if Need.LATENCY_IMPACT in yardstick.needs:
        gates.append(_share("delay_known", facts.waiting_with_delay, facts.waiting, policy.delay_known))
        gates.append(_share("overhead_known", facts.waiting_with_overhead, facts.waiting, policy.overhead_known))
    return tuple(gates)


def stratum(facts: DeploymentFacts, yardstick: Yardstick, *, policy: Policy = POLICY) -> str | None:
    """In which part of the metric's pool the deployment belongs: '' where that is whole, None where in no part."""
    match yardstick.strata:
        case Strata.NONE:
            return ""
        case Strata.COMPLETENESS:
            return _completeness(facts, policy)
        case Strata.OVERHEAD_BASIS:
            return next((basis for basis in sorted(facts.overhead) if _one_basis(basis, facts, policy)), None)


def failed(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    return tuple(gate for gate in gates if not gate.passed)


def _completeness(facts: DeploymentFacts, policy: Policy) -> str | None:
    """A mixture of complete and first-hop requests is first hop: the weaker claim."""
    complete, first_hop = (facts.completeness.get(name, 0) for name in (COMPLETE, FIRST_HOP))
    if _share("attempts_known", complete, facts.requests, policy.attempts_known).passed:
        return COMPLETE
    both = _share("attempts_known", complete + first_hop, facts.requests, policy.attempts_known)
    return FIRST_HOP if both.passed else None


def _one_basis(basis: str, facts: DeploymentFacts, policy: Policy) -> bool:
    return _share("one_overhead_basis", facts.overhead[basis], facts.dispatched, policy.one_overhead_basis).passed


def _yes(name: str, answer: bool) -> Gate:
    return Gate(name, answer, float(answer), 1.0)


def _least(name: str, measured: int, needed: int) -> Gate:
    return Gate(name, measured >= needed, float(measured), float(needed))


def _share(name: str, part: int, whole: int, needed: float) -> Gate:
    measured = part / whole if whole else None
    return Gate(name, measured is not None and measured >= needed, measured, needed)
