"""One request: what happened, what each attempt was billed and why, its five parts, what was planned and what served."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.figures.timeline import Timeline, timeline
from apps.dashboards.frame import Frame
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.pages.request_attempts import Billing, billing, spans, told_of
from apps.dashboards.pages.request_parts import Part, parts, sum_of
from apps.dashboards.pages.requests import amounts, billed, is_billed, is_measured, models, wait
from apps.dashboards.queries.requests import WithAttempts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.completeness import COMPLETENESS, COMPLETENESS_MEANS, GROUPING_MEANS
from apps.dashboards.wording.shares import count, duration
from apps.rollups.one import Figures
from apps.rollups.parts import Declared


@dataclass(frozen=True)
class Fact:
    name: str
    value: str
    copied: bool = False
    """Whether it is there to be copied."""


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
        figure=timeline(spans(one, found), whole=one.request.latency_us, words=duration),
        attempts=tuple(billing(attempt, told) for attempt, told in told_of(one, found)),
        no_attempt=_no_attempt(found),
        bar=bar(amounts(found, declared), owner=_("This request")),
        parts=parts(found, declared),
        sum=sum_of(found),
        plan=_plan(one, found),
        completeness=f"{COMPLETENESS[one.request.completeness].capitalize()}. "
        f"{COMPLETENESS_MEANS[one.request.completeness]}",
        grouping=GROUPING_MEANS[one.request.grouping],
        ids=_ids(one),
        more=_more(one),
        back=back,
        trace_link=trace_link,
    )


def _answer(one: WithAttempts, found: Figures) -> tuple[Words, ...]:
    if found.request["undispatched"]:
        cached = _("Answered from the gateway's cache: no attempt was made, and nothing was billed.")
        refused = _("Refused before any dispatch: no attempt was made, and nothing was billed.")
        return (Words(cached if one.request.cache_hit else refused),)
    again = one.request.attempt_count > 1 or one.request.outcome == "failed"
    return (
        *emphasised(
            _how_it_ended(one),
            attempts=Words(count(one.request.attempt_count, "attempt"), "worse" if again else "you"),
            models=models(one.attempts),
            cost=_cost(found),
        ),
        Words(f" {_added(found)}"),
    )


def _how_it_ended(one: WithAttempts) -> str:
    said = {
        "served": _("Served after {attempts} ({models}), and {cost}."),
        "failed": _("Failed after {attempts} ({models}), and {cost}."),
    }
    unknown = _("How it ended is not known; there were {attempts} ({models}), and {cost}.")
    return said.get(one.request.outcome or "", unknown)


def _cost(found: Figures) -> str:
    if not is_billed(found):
        return _("what it cost is not known")
    return _("it was billed {cost}").format(cost=billed(found))


def _added(found: Figures) -> str:
    if not is_measured(found):
        return _("Routing added a wait that was not measured.")
    return _("Routing added {duration} of waiting.").format(duration=wait(found))


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
    return duration(microseconds) if microseconds is not None else _("not measured")


def as_sent(read: str | None, sent: str | None) -> str:
    """A label as it is read, with what was sent where that is another."""
    if read == sent or not read:
        return read or ""
    if not sent:
        return _("{read} (by a rule)").format(read=read)
    return _("{read} (sent as {sent})").format(read=read, sent=sent)


def _no_attempt(found: Figures) -> str:
    if found.request["undispatched"]:
        return _("No attempt was made.")
    return _("No attempt of this request was reported.")


def _plan(one: WithAttempts, found: Figures) -> str:
    if not one.attempts:
        return _("Nothing was dispatched, as far as is known.")
    first = one.attempts[0]
    planned = first.model or first.raw_model or _("a model that was not told")
    served = next((a for a, told in told_of(one, found) if told["serving"]), None)
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
