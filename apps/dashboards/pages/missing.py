"""Why a metric is not compared, and what would change that: in the place where the figure would be."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.benchmarks.disclosure.gates import FIXES, NEEDED, Gate
from apps.benchmarks.queries import NOT_COUNTED, NOT_ENOUGH_PEERS, NOT_FROZEN, NOT_MEASURABLE, Standing
from apps.dashboards.figures import gates as figure
from apps.dashboards.wording.shares import count, share

_REASONS = {
    NOT_FROZEN: gettext_lazy("no week was frozen yet; the first is on Monday, 00:30 UTC"),
    NOT_COUNTED: gettext_lazy("came after the last freeze; the next is on Monday, 00:30 UTC"),
    NOT_ENOUGH_PEERS: gettext_lazy("not enough peers yet"),
}

_SHORT = {
    NOT_FROZEN: gettext_lazy("no frozen week yet"),
    NOT_COUNTED: gettext_lazy("compared from Monday on"),
    NOT_ENOUGH_PEERS: gettext_lazy("not enough peers yet"),
    NOT_MEASURABLE: gettext_lazy("not measurable with this source"),
}

_GATES = {
    "mail_verified": gettext_lazy("A member's address is confirmed"),
    "domain_verified": gettext_lazy("A domain of your own is verified"),
    "age": gettext_lazy("The organization is {needed:.0f} days old"),
    "contributes": gettext_lazy("It contributes"),
    "requests": gettext_lazy("{needed:,.0f} production requests in four weeks"),
    "active_days": gettext_lazy("Requests on {needed:.0f} days of the four weeks"),
    "outcome_known": gettext_lazy("The outcome is known for {needed:.0%} of requests"),
    "tokens_known": gettext_lazy("Tokens are known for {needed:.0%} of the attempts that served"),
    "tokens_priced": gettext_lazy("{needed:.0%} of served tokens have a price"),
    "attempts_known": gettext_lazy("All attempts are known for {needed:.0%} of requests"),
    "one_overhead_basis": gettext_lazy("Routing overhead on one basis for {needed:.0%} of requests"),
    "delay_known": gettext_lazy("Retry delay is known for {needed:.0%} of user-facing requests"),
    "overhead_known": gettext_lazy("Routing overhead is known for {needed:.0%} of user-facing requests"),
    "value_known": gettext_lazy("There is something to compute it from"),
}

_COUNTS = {"requests": "request", "active_days": "day", "age": "day"}
_YES_OR_NO = ("mail_verified", "domain_verified", "contributes", "value_known")


def reason(standing: Standing) -> str:
    """One line for the place of the strip."""
    if standing.missing == NOT_MEASURABLE:
        first = next(iter(standing.failed), None)
        if first is None:
            return _("not measurable with this source")
        return _("not measurable: {fix}").format(fix=first_lower(fix_of(first)))
    return str(_REASONS.get(standing.missing, ""))


def short(standing: Standing) -> str:
    """The same for a list of deployments, where there is less room."""
    return str(_SHORT.get(standing.missing, ""))


def fix_of(gate: Gate) -> str:
    """How to pass it, in the reader's language."""
    return _(FIXES[gate.name]).format(**NEEDED)


def gates(standing: Standing) -> tuple[figure.Gate, ...]:
    """Every condition before a metric, the open ones first, each with what was measured or what would mend it."""
    return figure.gates((gate.passed, _what(gate), _detail(gate)) for gate in standing.gates)


def _what(gate: Gate) -> str:
    said = str(_GATES.get(gate.name, gate.name.replace("_", " ")))
    return said.format(needed=gate.needed).replace("%", "\u00a0%")


def _detail(gate: Gate) -> str:
    measured = _measured(gate)
    if gate.passed:
        return measured
    return f"{measured}. {fix_of(gate)}" if measured else fix_of(gate)


def _measured(gate: Gate) -> str:
    if gate.measured is None or gate.name in _YES_OR_NO:
        return ""
    if gate.name in _COUNTS:
        return count(round(gate.measured), _COUNTS[gate.name])
    return share(gate.measured)


def first_lower(text: str) -> str:
    """A sentence of its own as a part of another."""
    return text[:1].lower() + text[1:].rstrip(".")
