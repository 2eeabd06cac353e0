"""One request: what happened, what each attempt was billed and why, its five parts, what was planned and what served."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

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
from apps.rollups import parts as sums
from apps.rollups.one import Figures, parts_of
from apps.rollups.parts import Declared

KINDS = {costing.INITIAL: "first try", costing.RETRY: "retry", costing.FALLBACK: "fallback"}
BASES = {
    "receive_to_dispatch": "received to first dispatch",
    "total_minus_provider": "whole time less the provider's",
    "decision_only": "the routing decision alone",
}
NOT_MEASURED = "not measured"
FOR_ALL = "is of the whole deployment, not of one request"


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
        bar=bar(amounts(found, declared), owner="This request"),
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
    ended = {"served": "Served", "failed": "Failed"}.get(one.request.outcome or "")
    cost = billed(found)
    known = found.request["billed_nano"] is not None and cost != NOT_KNOWN
    told = f"it was billed {cost}" if known else "what it cost is not known"
    opening = f"{ended} after " if ended else "How it ended is not known; there were "
    if found.request["undispatched"]:
        return (Words("Answered from the gateway's cache" if one.request.cache_hit else "Refused before any dispatch"),
                Words(": no attempt was made, and nothing was billed."))  # fmt: skip
    return (
        Words(opening),
        Words(tries, "worse" if one.request.attempt_count > 1 or one.request.outcome == "failed" else "you"),
        Words(f" ({models(one.attempts)}), and {told}. Routing added {_added(found)}."),
    )


def _added(found: Figures) -> str:
    said = wait(found)
    return "a wait that was not measured" if said == NOT_MEASURED else f"{said} of waiting"


def _facts(one: WithAttempts, found: Figures, zone: ZoneInfo) -> tuple[Fact, ...]:
    local = one.request.received_at.astimezone(zone)
    delay, overhead = found.request["retry_delay_us"], found.request["added_overhead_us"]
    parts = [duration(part) if part is not None else "?" for part in (overhead, delay)]
    task = as_sent(one.task, one.request.task)
    rules = ", ".join(part for part in (task, one.request.policy) if part)
    quality = one.request.quality
    return (
        Fact("Received", f"{times.short_day(local.date())} {local:%H:%M:%S}.{local.microsecond // 1000:03d}"),
        Fact("Task, policy", rules or "none told"),
        Fact("Took", duration(one.request.latency_us) if one.request.latency_us is not None else NOT_MEASURED),
        Fact("Routing overhead + retry delay", " + ".join(parts) if delay or overhead is not None else wait(found)),
        Fact("Quality", "not scored" if quality is None else f"{quality:.2f}"),
    )


def as_sent(read: str | None, sent: str | None) -> str:
    """A label as it is read, with what was sent where that is another."""
    if read == sent or not read:
        return read or ""
    return f"{read} (sent as {sent})" if sent else f"{read} (by a rule)"


def _spans(one: WithAttempts, found: Figures) -> list[Span]:
    spans = []
    overhead = one.request.routing_overhead_us
    if overhead is not None:
        basis = BASES.get(one.request.overhead_basis or "", "basis not told")
        begins = one.request.overhead_basis == "receive_to_dispatch"
        spans.append(
            Span(
                "Routing overhead",
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
            spans.append(
                Span("Back-off", f"{duration(start - busy_until)}; nothing was running", "gap", busy_until, start)
            )
        end = start + took if start is not None and took is not None else None
        first = start + attempt.ttft_us if start is not None and attempt.ttft_us is not None else None
        name = attempt.model or attempt.raw_model or "model not told"
        kind = "token" if told["serving"] else "retry"
        spans.append(Span(f"Attempt {attempt.n + 1} · {name}", _lane_words(attempt, told), kind, start, end, first))
        busy_until = None if end is None else max(end, busy_until or 0)
    return spans


def _lane_words(attempt: Any, told: Any) -> str:
    words = [_what(attempt, told)]
    words.append(duration(attempt.latency_us) if attempt.latency_us is not None else "duration not measured")
    if attempt.start_offset_us is None:
        words.append("start not measured")
    if attempt.ttft_us is not None:
        words.append(f"first token after {duration(attempt.ttft_us)}")
    return ", ".join(words)


def _what(attempt: Any, told: Any) -> str:
    """`fallback, served` or `first try, 429 rate limited`."""
    if told["serving"]:
        ended = "served"
    elif told["answered"]:
        ended = "answered, not used"
    else:
        ended = " ".join(part for part in (str(attempt.status or ""), CAUSES[told["cause"]]) if part)
    return f"{KINDS[told['kind']]}, {ended}"


def _billing(attempt: Any, told: Any) -> Billing:
    name = attempt.model or attempt.raw_model or "not told"
    about = [attempt.provider or "provider not told", attempt.region, attempt.service_tier]
    if attempt.raw_model and attempt.raw_model != name:
        about.append(f"sent as {attempt.raw_model}")
    if attempt.response_model and attempt.response_model != name:
        about.append(f"answered by {attempt.response_model}")
    nano = told["billed_nano"]
    return Billing(
        n=str(attempt.n + 1),
        model=name,
        about=", ".join(part for part in about if part and part != "standard"),
        what=_what(attempt, told),
        failed=not told["answered"],
        tokens=_tokens(attempt),
        billed="unknown" if nano is None else money.exact(nano),
        why=_why(attempt, told),
    )


def _tokens(attempt: Any) -> str:
    if attempt.input_tokens is None and attempt.output_tokens is None:
        return "not told"
    sides = [
        f"{number:,} {side}" if number is not None else f"{side} not told"
        for side, number in (("in", attempt.input_tokens), ("out", attempt.output_tokens))
    ]
    cached = attempt.cache_read_input_tokens
    return ", ".join(sides) + (f" ({cached:,} from cache)" if cached else "")


def _why(attempt: Any, told: Any) -> str:
    """On what basis an attempt's billing stands."""
    basis = told["basis"]
    if basis == costing.FREE:
        return "Turned away before anything was generated, which providers do not bill."
    if basis == costing.UNKNOWN:
        bound = told["input_upper_nano"]
        most = f"For the input alone at most {money.exact(bound)}." if bound is not None else "No bound can be given."
        return f"It may have generated before it failed, and neither tokens nor a cost were told. {most}"
    if basis == costing.REPORTED:
        by = {"provider": "the provider", "gateway": "the gateway"}.get(attempt.cost_basis or "", "the sender")
        return f"As {by} reported it."
    if basis == costing.BOOK:
        most = " Cached tokens were not told, so it is at most this." if told["billed_is_upper_bound"] else ""
        return f"Its tokens at the list price of that day.{most}"
    if attempt.reported_cost_nano is not None and attempt.currency != "USD":
        return f"Reported in {attempt.currency}, for which there is no dated rate, and without a list price."
    return "No list price is known for what it used, and no cost was reported."


def _no_attempt(found: Figures) -> str:
    if found.request["undispatched"]:
        return "No attempt was made."
    return "No attempt of this request was reported."


def _parts(found: Figures, declared: Sequence[Declared]) -> tuple[Part, ...]:
    own = {part.name: part for part in parts_of(found, declared)}
    made = []
    for kind, name in NAMES.items():
        part = own[kind]
        if kind not in OF_ONE or part.nano is None:
            made.append(Part(kind, name, NOT_MEASURED, _why_absent(kind, found, own), absent=True))
            continue
        if part.at_least and not part.nano:
            made.append(Part(kind, name, NOT_KNOWN, "an attempt may have been billed" + _at_most(part), absent=True))
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
        nano = own[kind].nano
        return f"{money.exact(nano)} a day {FOR_ALL}" if nano is not None else f"{FOR_ALL}; none is declared"
    if kind == sums.LATENCY:
        return _why_no_latency(found)
    if not found.request["measurable"]:
        return "needs all attempts; not all of this request are known"
    if found.request["billed_nano"] is None:
        return "needs a price of every attempt"
    return "needs to know how the request ended, and by which attempt"


def _why_no_selection(found: Figures) -> str:
    if found.request["outcome"] != "served":
        return "only a request that was served is judged by its model"
    if not found.sums.split:
        return "needs a cost that can be split"
    return "needs evidence of quality of two models at its task, the planned one among them"


def _why_no_latency(found: Figures) -> str:
    if not found.request["waiting"]:
        return "nobody waits for this request"
    if found.request["retry_delay_us"] is None or found.request["added_overhead_us"] is None:
        return "needs attempt starts and routing overhead"
    return f"{wait(found)}; needs a value of 1,000 requests, in settings"


def _detail(part: sums.Part, found: Figures) -> str:
    if part.name == sums.LATENCY:
        return wait(found)
    if part.name == sums.TOKEN:
        return "at the plan, or cheaper"
    if part.name == sums.SELECTION:
        return "a cheaper model is good enough for its task" if part.nano else "no cheaper model is good enough"
    wasted, premium = found.request["wasted_nano"], found.request["premium_nano"]
    pieces = [
        f"{money.exact(nano)} {what}"
        for nano, what in ((wasted, "wasted attempts"), (premium, "dearer fallback"))
        if nano
    ]
    return (" + ".join(pieces) or "nothing wasted") + _at_most(part)


def _at_most(part: sums.Part) -> str:
    return f"; at most {money.exact(part.at_most_nano)}" if part.at_most_nano is not None else ""


def _sum(found: Figures) -> str:
    row = found.request
    if row["billed_nano"] is None or billed(found) == NOT_KNOWN:
        return ""
    if not found.sums.split:
        return f"Billed {billed(found)}; how it splits into parts is not known."
    retry = f"retry {money.exact(row['retry_nano'])}"
    if row["unknown_attempts"] and not row["retry_nano"]:
        retry = "what failed attempts were billed, which is not known"
    choice = f" + model choice {money.exact(row['regret_nano'])}" if row["regret_nano"] else ""
    return f"Billed {billed(found)} = token {money.exact(row['token_nano'])} + {retry}{choice}"


def _plan(one: WithAttempts, found: Figures) -> str:
    if not one.attempts:
        return "Nothing was dispatched, as far as is known."
    first = one.attempts[0]
    planned = first.model or first.raw_model or "a model that was not told"
    served = next((a for a, told in _told(one, found) if told["serving"]), None)
    if served is None:
        return f"Planned: {planned}. No attempt is known to have served."
    name = served.model or served.raw_model or "a model that was not told"
    if name == planned:
        return f"Planned and served: {planned}."
    nano, saved = found.request["planned_nano"], found.request["saving_nano"]
    cost = f", which would have cost {money.exact(nano)} for the same tokens" if nano is not None else ""
    less = f" The fallback was {money.exact(saved)} cheaper." if saved else ""
    return f"Planned: {planned}{cost}. Served: {name}.{less}"


def _ids(one: WithAttempts) -> tuple[Fact, ...]:
    found = [Fact("Request", one.request.request_id, copied=True)]
    if one.request.trace_id:
        found.append(Fact("Trace", one.request.trace_id, copied=True))
    found += [Fact(f"Answer of attempt {a.n + 1}", a.response_id, copied=True) for a in one.attempts if a.response_id]
    return tuple(found)


def _more(one: WithAttempts) -> tuple[Fact, ...]:
    row = one.request
    told = {
        "Environment": row.environment,
        "Operation": row.operation,
        "Route": as_sent(one.route, row.route),
        "Came by": row.source,
        "Tags": ", ".join(f"{key}: {value}" for key, value in sorted((row.tags or {}).items())),
        "Warnings": ", ".join(str(one) for one in row.warnings or ()),
        "Side by side": "attempts ran in parallel, the first answer won" if row.parallel else "",
    }
    return tuple(Fact(name, value) for name, value in told.items() if value)
