"""One request: what happened, what each attempt was billed and why, its five parts, what was planned and what served."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.costing import attempts as costing
from apps.dashboards.figures.fiveparts import NAMES, Bar, bar
from apps.dashboards.figures.timeline import Span, Timeline, timeline
from apps.dashboards.frame import Frame
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.requests import NOT_KNOWN, OF_ONE, amounts, billed, models, wait
from apps.dashboards.queries.requests import WithAttempts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.completeness import COMPLETENESS, COMPLETENESS_MEANS, GROUPING_MEANS
from apps.dashboards.wording.shares import count, duration
from apps.dashboards.wording.signs import AT_LEAST
from apps.dashboards.wording.translate import Names
from apps.rollups import parts as sums
from apps.rollups.one import Figures, parts_of
from apps.rollups.parts import Declared

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
NOT_MEASURED = gettext_lazy("not measured")


@dataclass(frozen=True)
class Fact:
    name: str
    value: str
    copied: bool = False
    """Whether it is there to be copied."""


@dataclass(frozen=True)
class Part:
    kind: str
    name: str
    figure: str
    detail: str
    absent: bool


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


@dataclass(frozen=True)
class RequestPage:
    frame: Frame
    request_id: str
    answer: tuple[Words, ...]
    facts: tuple[Fact, ...]
    figure: Timeline
    attempts: tuple[Billing, ...]
    no_attempt: str
    bar: Bar
    parts: tuple[Part, ...]
    sum: str
    plan: str
    completeness: str
    grouping: str
    ids: tuple[Fact, ...]
    more: tuple[Fact, ...]
    back: str
    trace_link: str
    """In the tenant's own trace viewer; empty where there is none, or an id that it asks for is not known."""


def build(
    one: WithAttempts, *, frame: Frame, declared: Sequence[Declared], back: str, trace_link: str, zone: ZoneInfo
) -> RequestPage:
    found = one.figures
    if found is None:
        raise ValueError("a page of one request needs its figures")
    return RequestPage(
        frame=frame,
        request_id=one.request.request_id,
        answer=_answer(one, found),
        facts=_facts(one, found, zone),
        figure=timeline(_spans(one, found), whole=one.request.latency_us, words=duration),
        attempts=tuple(_billing(attempt, told) for attempt, told in _told(one, found)),
        no_attempt=_no_attempt(found),
        bar=bar(amounts(found, declared), owner=_("This request")),
        parts=_parts(found, declared),
        sum=_sum(found),
        plan=_plan(one, found),
        completeness=f"{COMPLETENESS[one.request.completeness].capitalize()}. "
        f"{COMPLETENESS_MEANS[one.request.completeness]}",
        grouping=GROUPING_MEANS[one.request.grouping],
        ids=_ids(one),
        more=_more(one),
        back=back,
        trace_link=trace_link,
    )


def _told(one: WithAttempts, found: Figures) -> list[tuple[Any, Any]]:
    """Attempts with their figures, by number: they are read one after the other, and may be derived again in between."""
    by_number = {told["n"]: told for told in found.attempts}
    return [(attempt, by_number[attempt.n]) for attempt in one.attempts if attempt.n in by_number]


def _answer(one: WithAttempts, found: Figures) -> tuple[Words, ...]:
    tries = count(one.request.attempt_count, "attempt")
    openings = {"served": _("Served after "), "failed": _("Failed after ")}
    opening = openings.get(one.request.outcome or "") or _("How it ended is not known; there were ")
    if found.request["undispatched"]:
        cached = one.request.cache_hit
        return (Words(_("Answered from the gateway's cache") if cached else _("Refused before any dispatch")),
                Words(_(": no attempt was made, and nothing was billed.")))  # fmt: skip
    return (
        Words(opening),
        Words(tries, "worse" if one.request.attempt_count > 1 or one.request.outcome == "failed" else "you"),
        Words(_said_of_cost(found).format(models=models(one.attempts), cost=billed(found)) + _added(found)),
    )


def _said_of_cost(found: Figures) -> str:
    if found.request["billed_nano"] is None or billed(found) == NOT_KNOWN:
        return _(" ({models}), and what it cost is not known.")
    return _(" ({models}), and it was billed {cost}.")


def _added(found: Figures) -> str:
    said = wait(found)
    if said == NOT_MEASURED:
        return _(" Routing added a wait that was not measured.")
    return _(" Routing added {duration} of waiting.").format(duration=said)


def _facts(one: WithAttempts, found: Figures, zone: ZoneInfo) -> tuple[Fact, ...]:
    local = one.request.received_at.astimezone(zone)
    delay, overhead = found.request["retry_delay_us"], found.request["added_overhead_us"]
    parts = [duration(part) if part is not None else "?" for part in (overhead, delay)]
    task = as_sent(one.task, one.request.task)
    rules = ", ".join(part for part in (task, one.request.policy) if part)
    quality = one.request.quality
    return (
        Fact(_("Received"), f"{times.short_day(local.date())} {local:%H:%M:%S}.{local.microsecond // 1000:03d}"),
        Fact(_("Task, policy"), rules or _("none told")),
        Fact(_("Took"), _duration(one.request.latency_us)),
        Fact(_("Routing overhead + retry delay"), " + ".join(parts) if delay or overhead is not None else wait(found)),
        Fact(_("Quality"), _("not scored") if quality is None else f"{quality:.2f}"),
    )


def _duration(microseconds: int | None) -> str:
    return duration(microseconds) if microseconds is not None else str(NOT_MEASURED)


def as_sent(read: str | None, sent: str | None) -> str:
    """A label as it is read, with what was sent where that is another."""
    if read == sent or not read:
        return read or ""
    if not sent:
        return _("{read} (by a rule)").format(read=read)
    return _("{read} (sent as {sent})").format(read=read, sent=sent)


def _spans(one: WithAttempts, found: Figures) -> list[Span]:
    spans = []
    overhead = one.request.routing_overhead_us
    if overhead is not None:
        basis = BASES.get(one.request.overhead_basis or "") or _("basis not told")
        begins = one.request.overhead_basis == "receive_to_dispatch"
        spans.append(
            Span(
                _("Routing overhead"),
                f"{duration(overhead)}, {basis}",
                "latency",
                0 if begins else None,
                overhead if begins else None,
            )
        )
    busy_until: int | None = None
    for attempt, told in _told(one, found):
        start, took = attempt.start_offset_us, attempt.latency_us
        if busy_until is not None and start is not None and start > busy_until:
            idle = _("{duration}; nothing was running").format(duration=duration(start - busy_until))
            spans.append(Span(_("Back-off"), idle, "gap", busy_until, start))
        end = start + took if start is not None and took is not None else None
        first = start + attempt.ttft_us if start is not None and attempt.ttft_us is not None else None
        name = attempt.model or attempt.raw_model or _("model not told")
        kind = "token" if told["serving"] else "retry"
        number = _("Attempt {number}").format(number=attempt.n + 1)
        spans.append(Span(f"{number} · {name}", _lane_words(attempt, told), kind, start, end, first))
        busy_until = None if end is None else max(end, busy_until or 0)
    return spans


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


def _billing(attempt: Any, told: Any) -> Billing:
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


def _no_attempt(found: Figures) -> str:
    if found.request["undispatched"]:
        return _("No attempt was made.")
    return _("No attempt of this request was reported.")


def _parts(found: Figures, declared: Sequence[Declared]) -> tuple[Part, ...]:
    own = {part.name: part for part in parts_of(found, declared)}
    made = []
    for kind, name in NAMES.items():
        part = own[kind]
        if kind not in OF_ONE or part.nano is None:
            made.append(Part(kind, name, str(NOT_MEASURED), _why_absent(kind, found, own), absent=True))
            continue
        if part.at_least and not part.nano:
            why = _("an attempt may have been billed") + _at_most(part)
            made.append(Part(kind, name, str(NOT_KNOWN), why, absent=True))
            continue
        figure = money.exact(part.nano)
        made.append(
            Part(kind, name, f"{AT_LEAST} {figure}" if part.at_least else figure, _detail(part, found), absent=False)
        )
    return tuple(made)


def _why_absent(kind: str, found: Figures, own: dict[str, sums.Part]) -> str:
    if kind == sums.SELECTION:
        return _why_no_selection(found)
    if kind == sums.MAINTENANCE:
        return _why_no_maintenance(own[kind].nano)
    if kind == sums.LATENCY:
        return _why_no_latency(found)
    if not found.request["measurable"]:
        return _("needs all attempts; not all of this request are known")
    if found.request["billed_nano"] is None:
        return _("needs a price of every attempt")
    return _("needs to know how the request ended, and by which attempt")


def _why_no_maintenance(nano: int | None) -> str:
    if nano is None:
        return _("is of the whole deployment, not of one request; none is declared")
    return _("{amount} a day is of the whole deployment, not of one request").format(amount=money.exact(nano))


def _why_no_selection(found: Figures) -> str:
    if found.request["outcome"] != "served":
        return _("only a request that was served is judged by its model")
    if not found.sums.split:
        return _("needs a cost that can be split")
    return _("needs evidence of quality of two models at its task, the planned one among them")


def _why_no_latency(found: Figures) -> str:
    if not found.request["waiting"]:
        return _("nobody waits for this request")
    if found.request["retry_delay_us"] is None or found.request["added_overhead_us"] is None:
        return _("needs attempt starts and routing overhead")
    return _("{wait}; needs a value of 1,000 requests, in settings").format(wait=wait(found))


def _detail(part: sums.Part, found: Figures) -> str:
    if part.name == sums.LATENCY:
        return wait(found)
    if part.name == sums.TOKEN:
        return _("at the plan, or cheaper")
    if part.name == sums.SELECTION:
        return _("a cheaper model is good enough for its task") if part.nano else _("no cheaper model is good enough")
    told = (
        (found.request["wasted_nano"], _("{amount} wasted attempts")),
        (found.request["premium_nano"], _("{amount} dearer fallback")),
    )
    pieces = [what.format(amount=money.exact(nano)) for nano, what in told if nano]
    return (" + ".join(pieces) or _("nothing wasted")) + _at_most(part)


def _at_most(part: sums.Part) -> str:
    if part.at_most_nano is None:
        return ""
    return _("; at most {amount}").format(amount=money.exact(part.at_most_nano))


def _sum(found: Figures) -> str:
    row = found.request
    if row["billed_nano"] is None or billed(found) == NOT_KNOWN:
        return ""
    if not found.sums.split:
        return _("Billed {amount}; how it splits into parts is not known.").format(amount=billed(found))
    terms = [_("token {amount}").format(amount=money.exact(row["token_nano"]))]
    if row["unknown_attempts"] and not row["retry_nano"]:
        terms.append(_("what failed attempts were billed, which is not known"))
    else:
        terms.append(_("retry {amount}").format(amount=money.exact(row["retry_nano"])))
    if row["regret_nano"]:
        terms.append(_("model choice {amount}").format(amount=money.exact(row["regret_nano"])))
    return _("Billed {amount} = {terms}").format(amount=billed(found), terms=" + ".join(terms))


def _plan(one: WithAttempts, found: Figures) -> str:
    if not one.attempts:
        return _("Nothing was dispatched, as far as is known.")
    first = one.attempts[0]
    planned = first.model or first.raw_model or _("a model that was not told")
    served = next((a for a, told in _told(one, found) if told["serving"]), None)
    if served is None:
        return _("Planned: {model}. No attempt is known to have served.").format(model=planned)
    name = served.model or served.raw_model or _("a model that was not told")
    if name == planned:
        return _("Planned and served: {model}.").format(model=planned)
    return _instead(planned, name, found)


def _instead(planned: str, served: str, found: Figures) -> str:
    nano, saved = found.request["planned_nano"], found.request["saving_nano"]
    if nano is None:
        said = _("Planned: {planned}. Served: {served}.").format(planned=planned, served=served)
    else:
        said = _("Planned: {planned}, which would have cost {amount} for the same tokens. Served: {served}.").format(
            planned=planned, amount=money.exact(nano), served=served
        )
    less = _(" The fallback was {amount} cheaper.").format(amount=money.exact(saved)) if saved else ""
    return said + less


def _ids(one: WithAttempts) -> tuple[Fact, ...]:
    found = [Fact(_("Request"), one.request.request_id, copied=True)]
    if one.request.trace_id:
        found.append(Fact(_("Trace"), one.request.trace_id, copied=True))
    found += [
        Fact(_("Answer of attempt {number}").format(number=a.n + 1), a.response_id, copied=True)
        for a in one.attempts
        if a.response_id
    ]
    return tuple(found)


def _more(one: WithAttempts) -> tuple[Fact, ...]:
    row = one.request
    told = {
        _("Environment"): row.environment,
        _("Operation"): row.operation,
        _("Route"): as_sent(one.route, row.route),
        _("Came by"): row.source,
        _("Tags"): ", ".join(f"{key}: {value}" for key, value in sorted((row.tags or {}).items())),
        _("Warnings"): ", ".join(str(one) for one in row.warnings or ()),
        _("Side by side"): _("attempts ran in parallel, the first answer won") if row.parallel else "",
    }
    return tuple(Fact(name, value) for name, value in told.items() if value)
