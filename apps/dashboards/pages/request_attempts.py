"""The attempts of one request in words: their lanes in time, what each used, what it was billed and why."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.costing import attempts as costing
from apps.dashboards.figures.timeline import Span
from apps.dashboards.queries.requests import WithAttempts
from apps.dashboards.wording import money
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.shares import duration
from apps.dashboards.wording.translate import Names
from apps.rollups.one import Figures

KINDS = Names(
    {
        costing.INITIAL: gettext_noop("first try"),
        costing.RETRY: gettext_noop("retry"),
        costing.FALLBACK: gettext_noop("fallback"),
    }
)

BASES = Names(
    {
        "receive_to_dispatch": gettext_noop("received to first dispatch"),
        "total_minus_provider": gettext_noop("whole time less the provider's"),
        "decision_only": gettext_noop("the routing decision alone"),
    }
)


@dataclass(frozen=True)
class Billing:
    """One attempt as a row: what it was, what it used, what it was billed, and why so."""

    n: str
    model: str
    about: str
    what: str
    failed: bool
    tokens: str
    billed: str
    why: str


def told_of(one: WithAttempts, found: Figures) -> list[tuple[Any, Any]]:
    """Attempts with their figures, by number: they are read one after the other, and may be derived again in between."""
    by_number = {told["n"]: told for told in found.attempts}
    return [(attempt, by_number[attempt.n]) for attempt in one.attempts if attempt.n in by_number]


def spans(one: WithAttempts, found: Figures) -> list[Span]:
    lanes = []
    overhead = one.request.routing_overhead_us
    if overhead is not None:
        basis = BASES.get(one.request.overhead_basis or "") or _("basis not told")
        begins = one.request.overhead_basis == "receive_to_dispatch"
        lanes.append(
            Span(
                _("Routing overhead"),
                f"{duration(overhead)}, {basis}",
                "latency",
                0 if begins else None,
                overhead if begins else None,
            )
        )
    busy_until: int | None = None
    for attempt, told in told_of(one, found):
        start, took = attempt.start_offset_us, attempt.latency_us
        if busy_until is not None and start is not None and start > busy_until:
            idle = _("{duration}; nothing was running").format(duration=duration(start - busy_until))
            lanes.append(Span(_("Back-off"), idle, "gap", busy_until, start))
        end = start + took if start is not None and took is not None else None
        first = start + attempt.ttft_us if start is not None and attempt.ttft_us is not None else None
        name = attempt.model or attempt.raw_model or _("model not told")
        kind = "token" if told["serving"] else "retry"
        number = _("Attempt {number}").format(number=attempt.n + 1)
        lanes.append(Span(f"{number} · {name}", _lane_words(attempt, told), kind, start, end, first))
        busy_until = None if end is None else max(end, busy_until or 0)
    return lanes


def _lane_words(attempt: Any, told: Any) -> str:
    words = [_what(attempt, told)]
    words.append(duration(attempt.latency_us) if attempt.latency_us is not None else _("duration not measured"))
    if attempt.start_offset_us is None:
        words.append(_("start not measured"))
    if attempt.ttft_us is not None:
        words.append(_("first token after {duration}").format(duration=duration(attempt.ttft_us)))
    return ", ".join(words)


def _what(attempt: Any, told: Any) -> str:
    """`fallback, served` or `first try, 429 rate limited`."""
    if told["serving"]:
        ended = _("served")
    elif told["answered"]:
        ended = _("answered, not used")
    else:
        ended = " ".join(part for part in (str(attempt.status or ""), CAUSES[told["cause"]]) if part)
    return f"{KINDS[told['kind']]}, {ended}"


def billing(attempt: Any, told: Any) -> Billing:
    name = attempt.model or attempt.raw_model or _("not told")
    about = [attempt.provider or _("provider not told"), attempt.region, attempt.service_tier]
    if attempt.raw_model and attempt.raw_model != name:
        about.append(_("sent as {model}").format(model=attempt.raw_model))
    if attempt.response_model and attempt.response_model != name:
        about.append(_("answered by {model}").format(model=attempt.response_model))
    nano = told["billed_nano"]
    return Billing(
        n=str(attempt.n + 1),
        model=name,
        about=", ".join(part for part in about if part and part != "standard"),
        what=_what(attempt, told),
        failed=not told["answered"],
        tokens=_tokens(attempt),
        billed=_("unknown") if nano is None else money.exact(nano),
        why=_why(attempt, told),
    )


def _tokens(attempt: Any) -> str:
    if attempt.input_tokens is None and attempt.output_tokens is None:
        return _("not told")
    sides = (
        _side(attempt.input_tokens, _("{number} in"), _("in not told")),
        _side(attempt.output_tokens, _("{number} out"), _("out not told")),
    )
    cached = attempt.cache_read_input_tokens
    return ", ".join(sides) + (_(" ({number} from cache)").format(number=f"{cached:,}") if cached else "")


def _side(tokens: int | None, told: str, not_told: str) -> str:
    return not_told if tokens is None else told.format(number=f"{tokens:,}")


def _why(attempt: Any, told: Any) -> str:
    """On what basis an attempt's billing stands."""
    basis = told["basis"]
    if basis == costing.FREE:
        return _("Turned away before anything was generated, which providers do not bill.")
    if basis == costing.UNKNOWN:
        unknown = _("It may have generated before it failed, and neither tokens nor a cost were told.")
        return f"{unknown} {_bound(told)}"
    if basis == costing.REPORTED:
        by = {"provider": _("As the provider reported it."), "gateway": _("As the gateway reported it.")}
        return by.get(attempt.cost_basis or "") or _("As the sender reported it.")
    if basis == costing.BOOK:
        said = _("Its tokens at the list price of that day.")
        bound = _("Cached tokens were not told, so it is at most this.")
        return f"{said} {bound}" if told["billed_is_upper_bound"] else said
    if attempt.reported_cost_nano is not None and attempt.currency != "USD":
        said = _("Reported in {currency}, for which there is no dated rate, and without a list price.")
        return said.format(currency=attempt.currency)
    return _("No list price is known for what it used, and no cost was reported.")


def _bound(told: Any) -> str:
    bound = told["input_upper_nano"]
    if bound is None:
        return _("No bound can be given.")
    return _("For the input alone at most {amount}.").format(amount=money.exact(bound))
