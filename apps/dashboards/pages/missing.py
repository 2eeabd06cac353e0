"""Why a metric is not compared, and what would change that: in the place where the figure would be."""

from apps.benchmarks.disclosure.gates import Gate
from apps.benchmarks.queries import (
    NOT_COUNTED,
    NOT_ENOUGH_PEERS,
    NOT_FROZEN,
    NOT_MEASURABLE,
    NOT_POOLED,
    Standing,
)
from apps.dashboards.figures import gates as figure
from apps.dashboards.wording.shares import count, share

_REASONS = {
    NOT_FROZEN: "no week was frozen yet; the first is on Monday, 00:30 UTC",
    NOT_COUNTED: "came after the last freeze; the next is on Monday, 00:30 UTC",
    NOT_ENOUGH_PEERS: "not enough peers yet",
    NOT_POOLED: "not pooled yet when this week was frozen; the next freeze is on Monday, 00:30 UTC",
}

_SHORT = {
    NOT_FROZEN: "no frozen week yet",
    NOT_COUNTED: "compared from Monday on",
    NOT_ENOUGH_PEERS: "not enough peers yet",
    NOT_MEASURABLE: "not measurable with this source",
    NOT_POOLED: "compared from Monday on",
}

_GATES = {
    "mail_verified": "A member's address is confirmed",
    "domain_verified": "A domain of your own is verified",
    "age": "The organization is {needed:.0f} days old",
    "contributes": "It contributes",
    "requests": "{needed:,.0f} production requests in four weeks",
    "active_days": "Requests on {needed:.0f} days of the four weeks",
    "outcome_known": "The outcome is known for {needed:.0%} of requests",
    "tokens_known": "Tokens are known for {needed:.0%} of the attempts that served",
    "tokens_priced": "{needed:.0%} of served tokens have a price",
    "tokens_evaluable": "{needed:.0%} of served tokens are of requests that can be judged",
    "attempts_known": "All attempts are known for {needed:.0%} of requests",
    "one_overhead_basis": "Routing overhead on one basis for {needed:.0%} of requests",
    "delay_known": "Retry delay is known for {needed:.0%} of user-facing requests",
    "overhead_known": "Routing overhead is known for {needed:.0%} of user-facing requests",
    "value_known": "There is something to compute it from",
}

_COUNTS = {"requests": "request", "active_days": "day", "age": "day"}
_YES_OR_NO = ("mail_verified", "domain_verified", "contributes", "value_known")


def reason(standing: Standing) -> str:
    """One line for the place of the strip."""
    if standing.missing == NOT_MEASURABLE:
        first = next(iter(standing.failed), None)
        return f"not measurable: {_first_lower(first.fix)}" if first else "not measurable with this source"
    return _REASONS.get(standing.missing, "")


def short(standing: Standing) -> str:
    """The same for a list of deployments, where there is less room."""
    return _SHORT.get(standing.missing, "")


def gates(standing: Standing) -> tuple[figure.Gate, ...]:
    """Every condition before a metric, the open ones first, each with what was measured or what would mend it."""
    return figure.gates((gate.passed, _what(gate), _detail(gate)) for gate in standing.gates)


def _what(gate: Gate) -> str:
    return _GATES.get(gate.name, gate.name.replace("_", " ")).format(needed=gate.needed).replace("%", "\u00a0%")


def _detail(gate: Gate) -> str:
    measured = _measured(gate)
    if gate.passed:
        return measured
    return f"{measured}. {gate.fix}" if measured else gate.fix


def _measured(gate: Gate) -> str:
    if gate.measured is None or gate.name in _YES_OR_NO:
        return ""
    if gate.name in _COUNTS:
        return count(round(gate.measured), _COUNTS[gate.name])
    return share(gate.measured)


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
