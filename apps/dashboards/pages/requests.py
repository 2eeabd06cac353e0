"""Requests of a deployment, the newest first, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.forms.requests import AGAIN, FAILURES, OUTCOMES, RequestFilter
from apps.dashboards.frame import Frame
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.queries.requests import PageOfRequests, WithAttempts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.completeness import COMPLETENESS
from apps.dashboards.wording.shares import count, duration
from apps.dashboards.wording.signs import AT_LEAST, AT_MOST, NBSP, TIMES
from apps.rollups import parts as sums
from apps.rollups.one import Figures, parts_of
from apps.rollups.parts import Declared
from apps.traces.models import Attempt, Request

ARROW = "\u2192"
WORDS = OUTCOMES | FAILURES | AGAIN | COMPLETENESS
NOT_KNOWN = gettext_lazy("not known")
OF_ONE = (sums.TOKEN, sums.RETRY, sums.LATENCY, sums.SELECTION)
"""Parts that a single request has; the others are of a deployment."""


@dataclass(frozen=True)
class Row:
    when: str
    request_id: str
    url: str
    trace_link: str
    task: str
    models: str
    attempts: str
    outcome: str
    failed: bool
    wait: str
    bar: Bar | None
    billed: str


@dataclass(frozen=True)
class RequestsPage:
    """`following` and `first` are addresses, empty where there is nothing to go to."""

    frame: Frame
    name: str
    form: RequestFilter
    set: tuple[str, ...]
    """Which filters are set, in words."""
    answer: tuple[Words, ...]
    basis: str
    rows: tuple[Row, ...]
    following: str
    first: str
    clear: str
    more: str
    export: str = ""
    """Where to have all of them put into a file; empty where nothing can be looked up."""
    exports: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    """The filter, as names and values."""


def build(
    found: PageOfRequests | None,
    *,
    form: RequestFilter,
    frame: Frame,
    name: str,
    declared: Sequence[Declared],
    address: Callable[[Request], str],
    trace_link: Callable[[WithAttempts], str],
    following: str,
    first: str,
    clear: str,
    exports: str,
    zone: ZoneInfo,
) -> RequestsPage:
    """`found` is None where the question could not be answered; then the form says why."""
    chosen = tuple(
        f"{form.fields[field].label} {WORDS.get(value, value)}"
        for field, value in form.data.items()
        if field in form.fields and value
    )
    rows = found.rows if found else ()
    return RequestsPage(
        frame=frame,
        name=name,
        form=form,
        set=chosen,
        answer=_answer(found, chosen=bool(chosen), later=bool(first)),
        basis=_basis(form, rows, zone) if found else "",
        rows=_rows(rows, declared, address, trace_link, zone),
        following=following,
        first=first,
        clear=clear if chosen or first else "",
        more=_more(found, zone),
        export=exports if rows or (found and found.following) else "",
        exports=exports,
        chosen=tuple((field, value) for field, value in form.data.items() if field in form.fields and value),
    )


def amounts(found: Figures | None, declared: Sequence[Declared]) -> dict[str, float | None]:
    """Nano-USD by part, of the parts that a single request has; None = not measured."""
    known = {part.name: part.nano for part in parts_of(found, declared)} if found else {}
    return {name: known.get(name) for name in OF_ONE}


def is_billed(found: Figures) -> bool:
    """Whether anything is known of what it was billed."""
    nano, unknown = found.request["billed_nano"], found.request["unknown_attempts"]
    return nano is not None and bool(nano or not unknown)


def billed(found: Figures | None) -> str:
    if found is None or found.request["billed_nano"] is None:
        return _("not priced")
    said = money.exact(found.request["billed_nano"])
    if found.request["unknown_attempts"]:
        if not found.request["billed_nano"]:
            return str(NOT_KNOWN)
        return f"{AT_LEAST}{NBSP}{said}"
    return f"{AT_MOST}{NBSP}{said}" if found.request["billed_is_upper_bound"] else said


def is_measured(found: Figures | None) -> bool:
    """Whether anything is known of how long it was waited for."""
    if found is None:
        return False
    delay, overhead = found.request["retry_delay_us"], found.request["added_overhead_us"]
    return bool(delay or overhead) or (delay is not None and overhead is not None)


def wait(found: Figures | None) -> str:
    """Retry delay and routing overhead; where one of them is not known, at least the other."""
    if found is None or not is_measured(found):
        return _("not measured")
    delay, overhead = found.request["retry_delay_us"], found.request["added_overhead_us"]
    said = duration((delay or 0) + (overhead or 0))
    return said if delay is not None and overhead is not None else f"{AT_LEAST}{NBSP}{said}"


def models(attempts: Sequence[Attempt]) -> str:
    """In the order of dispatch, a repetition once with its number."""
    names = [one.model or one.raw_model or _("unnamed") for one in attempts]
    runs = [(name, len(list(run))) for name, run in groupby(names)]
    return f" {ARROW} ".join(name if n == 1 else f"{name}{NBSP}{TIMES}{n}" for name, n in runs) or _("none")


def _rows(
    found: Sequence[WithAttempts],
    declared: Sequence[Declared],
    address: Callable[[Request], str],
    trace_link: Callable[[WithAttempts], str],
    zone: ZoneInfo,
) -> tuple[Row, ...]:
    parts = [amounts(one.figures, declared) for one in found]
    whole = max((sum(amount or 0 for amount in one.values()) for one in parts), default=0)
    outcomes, owner = {"served": _("served"), "failed": _("failed")}, _("This request")
    return tuple(
        Row(
            when=f"{times.short_day(local.date())} {local:%H:%M:%S}",
            request_id=one.request.request_id,
            url=address(one.request),
            trace_link=trace_link(one),
            task=one.task or "",
            models=models(one.attempts),
            attempts=count(one.request.attempt_count),
            outcome=outcomes.get(one.request.outcome or "", one.request.outcome) or _("unknown"),
            failed=one.request.outcome == "failed",
            wait=wait(one.figures),
            bar=bar(some, owner=owner, whole=whole) if any(some.values()) else None,
            billed=billed(one.figures),
        )
        for one, some in zip(found, parts, strict=True)
        for local in [one.request.received_at.astimezone(zone)]
    )


def _answer(found: PageOfRequests | None, *, chosen: bool, later: bool) -> tuple[Words, ...]:
    if found is None:
        return (Words(_("This cannot be looked up as it stands: see below what to change.")),)
    if not found.rows:
        if found.looked_down_to:
            return (Words(_("None of these matches so far; there are older ones to look through.")),)
        what = _("No request matches.") if chosen else _("No request came in during these days.")
        return (Words(_("That was the last of them.") if later else what),)
    again = sum(one.request.attempt_count > 1 for one in found.rows)
    failed = sum(one.request.outcome == "failed" for one in found.rows)
    number = len(found.rows)
    return emphasised(
        _said_of(number, later=later) if found.following else _said_of_all(),
        number=str(number),
        requests=count(number, "request"),
        again=Words(_("{again} of {number}").format(again=again, number=number), "worse" if again else "you"),
        failed=str(failed or _("none")),
    )


def _said_of(number: int, *, later: bool) -> str:
    if later:
        return ngettext(
            "The next {number} of these, newest first: {again} needed more than one attempt, and {failed} failed.",
            "The next {number} of these, newest first: {again} needed more than one attempt, and {failed} failed.",
            number,
        )
    return ngettext(
        "The first {number} of these, newest first: {again} needed more than one attempt, and {failed} failed.",
        "The first {number} of these, newest first: {again} needed more than one attempt, and {failed} failed.",
        number,
    )


def _said_of_all() -> str:
    return _("{requests}, newest first: {again} needed more than one attempt, and {failed} failed.")


def _basis(form: RequestFilter, rows: Sequence[WithAttempts], zone: ZoneInfo) -> str:
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    said = _("From {since} until {until}.") if form.data.get("until") else _("From {since} until now.")
    window = said.format(since=times.stamp(since, zone), until=times.stamp(until, zone))
    priced = sum(one.figures is not None and one.figures.request["billed_nano"] is not None for one in rows)
    if not rows:
        return window
    shown = _("Shown: {requests}, {priced} of them with a price for all that is known to be billed.")
    return f"{window} {shown.format(requests=count(len(rows), 'request'), priced=priced)}"


def _more(found: PageOfRequests | None, zone: ZoneInfo) -> str:
    if found is None or found.looked_down_to is None:
        return ""
    return _("Looked through everything down to {moment}.").format(moment=times.stamp(found.looked_down_to, zone))
