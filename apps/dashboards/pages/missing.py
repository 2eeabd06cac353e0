"""Why a metric is not compared, and what would change that: in the place where the figure would be."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

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
from apps.dashboards.wording.benchmark import fix
from apps.dashboards.wording.counted import Noun
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.translate import Names

_REASONS = Names(
    {
        NOT_FROZEN: gettext_noop("no week was frozen yet; the first is on Monday, 00:30 UTC"),
        NOT_COUNTED: gettext_noop("came after the last freeze; the next is on Monday, 00:30 UTC"),
        NOT_ENOUGH_PEERS: gettext_noop("not enough peers yet"),
        NOT_POOLED: gettext_noop("not pooled yet when this week was frozen; the next freeze is on Monday, 00:30 UTC"),
    }
)

_SHORT = Names(
    {
        NOT_FROZEN: gettext_noop("no frozen week yet"),
        NOT_COUNTED: gettext_noop("compared from Monday on"),
        NOT_ENOUGH_PEERS: gettext_noop("not enough peers yet"),
        NOT_MEASURABLE: gettext_noop("not measurable with this source"),
        NOT_POOLED: gettext_noop("compared from Monday on"),
    }
)

_GATES = Names(
    {
        "mail_verified": gettext_noop("A member's address is confirmed"),
        "domain_verified": gettext_noop("A domain of your own is verified"),
        "age": gettext_noop("The organization is {needed:.0f} days old"),
        "contributes": gettext_noop("It contributes"),
        "requests": gettext_noop("{needed:,.0f} production requests in four weeks"),
        "active_days": gettext_noop("Requests on {needed:.0f} days of the four weeks"),
        "outcome_known": gettext_noop("The outcome is known for {needed:.0%} of requests"),
        "tokens_known": gettext_noop("Tokens are known for {needed:.0%} of the attempts that served"),
        "tokens_priced": gettext_noop("{needed:.0%} of served tokens have a price"),
        "tokens_evaluable": gettext_noop("{needed:.0%} of served tokens are of requests that can be judged"),
        "attempts_known": gettext_noop("All attempts are known for {needed:.0%} of requests"),
        "one_overhead_basis": gettext_noop("Routing overhead on one basis for {needed:.0%} of requests"),
        "delay_known": gettext_noop("Retry delay is known for {needed:.0%} of user-facing requests"),
        "overhead_known": gettext_noop("Routing overhead is known for {needed:.0%} of user-facing requests"),
        "value_known": gettext_noop("There is something to compute it from"),
    }
)

_COUNTS: dict[str, Noun] = {"requests": "request", "active_days": "day", "age": "day"}
_YES_OR_NO = ("mail_verified", "domain_verified", "contributes", "value_known")


def reason(standing: Standing) -> str:
    """One line for the place of the strip."""
    if standing.missing == NOT_MEASURABLE:
        first = next(iter(standing.failed), None)
        if first is None:
            return _("not measurable with this source")
        return _("not measurable: {fix}").format(fix=first_lower(fix(first)))
    return _REASONS.get(standing.missing, "")


def short(standing: Standing) -> str:
    """The same for a list of deployments, where there is less room."""
    return _SHORT.get(standing.missing, "")


def gates(standing: Standing) -> tuple[figure.Gate, ...]:
    """Every condition before a metric, the open ones first, each with what was measured or what would mend it."""
    return figure.gates((gate.passed, _what(gate), _detail(gate)) for gate in standing.gates)


def _what(gate: Gate) -> str:
    said = _GATES.get(gate.name, gate.name.replace("_", " "))
    return said.format(needed=gate.needed).replace("%", "\u00a0%")


def _detail(gate: Gate) -> str:
    measured = _measured(gate)
    if gate.passed:
        return measured
    return f"{measured}. {fix(gate)}" if measured else fix(gate)


def _measured(gate: Gate) -> str:
    if gate.measured is None or gate.name in _YES_OR_NO:
        return ""
    if gate.name in _COUNTS:
        return count(round(gate.measured), _COUNTS[gate.name])
    return share(gate.measured)


def first_lower(text: str) -> str:
    """A sentence of its own as a part of another."""
    return text[:1].lower() + text[1:].rstrip(".")
