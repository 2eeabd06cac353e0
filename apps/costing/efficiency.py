"""Routing efficiency: token cost over total, always with its scope, under the published assumptions.

The one efficiency is computed at list prices: on the public price of each usage, and on the gateway's report only for a
model that the list does not know. What a tenant negotiated, discounted or declared changes its dollars, which are
computed beside it, and never this ratio.
"""

from dataclasses import dataclass
from fractions import Fraction

from apps.costing.published import latency_impact_nano

BILLING, LATENCY, SELECTION = "billing", "latency", "selection"
SCOPES = (BILLING, LATENCY, SELECTION)
"""From the narrowest to the widest; scopes are never mixed in one list."""


@dataclass(frozen=True)
class Gate:
    """A share that must reach a floor before a figure is shown; `share` is null when there was nothing to measure."""

    name: str
    share: float | None
    floor: float

    @property
    def passed(self) -> bool:
        return self.share is not None and self.share >= self.floor


@dataclass(frozen=True)
class Evidence:
    """Sums over the requests of one deployment and window, as far as an efficiency needs them.

    Money and losses are under the published assumptions and from requests whose attempts are all known.
    """

    requests: int
    measurable: int
    """Requests whose attempts are all known."""
    outcome_known: int
    served: int
    """Served requests that had an attempt."""
    served_with_tokens: int
    served_tokens: int
    served_tokens_priced: int
    token_nano: int
    """Without the regret that is selection inefficiency, where that is measured."""
    retry_nano: int
    waiting: int
    """User-facing requests that count for latency."""
    delay_known: int
    overhead_known: int
    dispatched: int
    one_basis: int
    """Dispatched requests with a routing overhead on the commonest basis."""
    loss_nano: int
    evaluable_tokens: int = 0
    regret_nano: int = 0


@dataclass(frozen=True)
class Efficiency:
    """`value` is null when a gate of the scope did not pass, or when nothing was spent."""

    scope: str
    value: float | None
    gates: tuple[Gate, ...]

    @property
    def failed(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if not gate.passed)


def efficiencies(evidence: Evidence) -> tuple[Efficiency, ...]:
    """One for each scope, the narrowest first."""
    return tuple(efficiency(scope, evidence) for scope in SCOPES)


def efficiency(scope: str, evidence: Evidence) -> Efficiency:
    gates = gates_of(scope, evidence)
    if not all(gate.passed for gate in gates):
        return Efficiency(scope, None, gates)
    latency = Fraction(0) if scope == BILLING else latency_impact_nano(evidence.loss_nano)
    # In a scope without selection, what was regretted is token cost like the rest.
    regret, token = evidence.regret_nano, evidence.token_nano
    parts = (token, regret) if scope == SELECTION else (token + regret, 0)
    return Efficiency(scope, ratio(parts[0], evidence.retry_nano, parts[1], latency), gates)


def headline(found: tuple[Efficiency, ...]) -> Efficiency | None:
    """The widest scope that there is."""
    return next((one for one in reversed(found) if one.value is not None), None)


def ratio(token: Fraction | int, *others: Fraction | int) -> float | None:
    """Token cost / total in [0, 1]; null when nothing was spent. Whole amounts come first: adding fractions is dear."""
    total = sum(others, start=token)
    return float(token / total) if total else None


def gates_of(scope: str, evidence: Evidence) -> tuple[Gate, ...]:
    """The coverage gates of a scope; a wider scope has those of the narrower ones too."""
    e = evidence
    gates = [
        Gate("attempts_known", _share(e.measurable, e.requests), 0.90),
        Gate("outcome_known", _share(e.outcome_known, e.requests), 0.95),
        Gate("tokens_known", _share(e.served_with_tokens, e.served), 0.95),
        Gate("tokens_priced", _share(e.served_tokens_priced, e.served_tokens), 0.90),
    ]
    if scope != BILLING:
        gates += [
            Gate("delay_known", _share(e.delay_known, e.waiting), 0.90),
            Gate("overhead_known", _share(e.overhead_known, e.waiting), 0.90),
            Gate("one_overhead_basis", _share(e.one_basis, e.dispatched), 0.90),
        ]
    if scope == SELECTION:
        gates.append(Gate("tokens_evaluable", _share(e.evaluable_tokens, e.served_tokens), 0.30))
    return tuple(gates)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
