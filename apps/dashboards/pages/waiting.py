"""What does waiting cost? Retry delay and routing overhead of requests that people wait for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from apps.benchmarks.queries import Standing
from apps.dashboards.frame import Frame
from apps.dashboards.pages import beside_peers
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.comparison import Words, emphasised
from apps.dashboards.pages.happened import Happenings
from apps.dashboards.pages.span import Chooser, words
from apps.dashboards.pages.waiting_over_time import NAMES, NOTES, History, histories, milliseconds
from apps.dashboards.queries.requests import RETRIED
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.waiting import RETRY_DELAY, Quantiles, Waiting, latency_of
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, duration, share
from apps.dashboards.wording.translate import Names
from apps.rollups.parts import Part
from apps.rollups.sums import BASES, RequestSums

HOUR_US = 3_600_000_000
METRICS = ("retry_delay_ms", "routing_overhead_ms_p50")
ALONE = Names(
    {
        "receive_to_dispatch": gettext_noop("on one basis: from receiving to dispatching"),
        "total_minus_provider": gettext_noop("on one basis: total less the provider's time"),
        "decision_only": gettext_noop("on one basis: the decision alone"),
    }
)


@dataclass(frozen=True)
class Piece:
    """Retry delay, or routing overhead: how long people waited for it in all, and for how many of them that is known."""

    name: str
    note: str
    hours: str
    a_day: str
    known: str
    width: float


@dataclass(frozen=True)
class Measure:
    """One measure on one basis."""

    name: str
    note: str
    number: str
    share: str
    p50: str
    p95: str
    p99: str
    url: str


@dataclass(frozen=True)
class WaitingPage:
    frame: Frame
    name: str
    chooser: Chooser
    answer: tuple[Words, ...]
    basis: str
    pieces: tuple[Piece, ...]
    hours: str
    a_day: str
    dollars: str
    dollars_note: str
    declared: bool
    measures: tuple[Measure, ...]
    measures_basis: str
    histories: tuple[History, ...]
    period: str
    happened: Happenings
    metrics: tuple[beside_peers.Row, ...]
    peers_basis: str
    others: str
    csv: str
    settings: str


def build(
    found: Waiting,
    standings: Mapping[str, Standing],
    *,
    frame: Frame,
    name: str,
    chooser: Chooser,
    behind: Behind,
    happened: Happenings,
    csv: str,
    settings: str,
) -> WaitingPage:
    latency = latency_of(found)
    sums = found.sums
    known = bool(sums.waiting_delay_known or sums.waiting_overhead_known)
    added = sums.waiting_delay_us + sums.waiting_overhead_us
    return WaitingPage(
        frame=frame,
        name=name,
        chooser=chooser,
        answer=answer(found, latency),
        basis=basis(found),
        pieces=_pieces(found) if sums.waiting else (),
        hours=hours(added) if known else _("not measured"),
        a_day=_a_day(added, found.span) if known else _("not measured"),
        dollars=money.dollars(latency.nano) if latency.nano is not None else "",
        dollars_note=_dollars_note(latency, sums),
        declared=latency.nano is not None,
        measures=_measures(found, behind),
        measures_basis=_measures_basis(found),
        histories=histories(found, happened.events),
        period=_("Week from") if found.weekly else _("Day"),
        happened=happened,
        metrics=tuple(
            beside_peers.row(found.window.metrics[one], standings.get(one)) for one in METRICS if one in _told(found)
        ),
        peers_basis=beside_peers.basis(standings.get("retry_delay_ms")),
        others=others(found),
        csv=csv,
        settings=settings,
    )


def answer(found: Waiting, latency: Part) -> tuple[Words, ...]:
    sums = found.sums
    if not sums.requests:
        return (Words(_("No request came in during these days, so nothing is known of waiting.")),)
    if not sums.waiting:
        said = _("Nobody waits for these requests: none of them is user-facing, so that waiting costs nothing here.")
        return (Words(said),)
    if not (sums.waiting_delay_known or sums.waiting_overhead_known):
        said = _(
            "How long people wait for routing is not measured: that needs the starts of attempts, or a routing overhead with "
            "its basis."
        )
        return (Words(said),)
    added = sums.waiting_delay_us + sums.waiting_overhead_us
    whole = sums.waiting_delay_known == sums.waiting_overhead_known == sums.waiting
    said = _("Routing made people wait {duration} a day, {each} on average for each of their requests.")
    at_least = _("Routing made people wait at least {duration} a day, {each} on average for each of their requests.")
    waited = emphasised(
        said if whole else at_least,
        duration=Words(_a_day(added, found.span), "worse" if added else "you"),
        each=duration(added / sums.waiting),
    )
    return (*waited, Words(" "), *_worth(latency, found.span.days))


def _worth(latency: Part, days: int) -> tuple[Words, ...]:
    if latency.nano is None:
        return (Words(_("What that costs is not known: no value of a request is declared.")),)
    said = ngettext(
        "At the value you declared, that is {amount} in these {days} days.",
        "At the value you declared, that is {amount} in these {days} days.",
        days,
    )
    return emphasised(said, amount=Words(money.whole_dollars(latency.nano), "ink"), days=str(days))


def basis(found: Waiting) -> str:
    waiting = _("{requests} that people waited for.").format(requests=count(found.sums.waiting, "request"))
    return f"{words(found.span)}, {waiting} {others(found)}"


def others(found: Waiting) -> str:
    """How many requests are not counted here, and why."""
    sums, told = found.sums, found.user_facing
    apart = told.requests - sums.waiting
    background = sums.requests - told.requests
    if not background and apart <= 0:
        return _("All requests are user-facing.")
    said = ngettext(
        "Not counted: {requests} of {all} is background work",
        "Not counted: {requests} of {all} are background work",
        background,
    ).format(requests=count(background, "request"), all=count(sums.requests))
    if apart > 0:
        said += ngettext(
            ", and {number} are embeddings, rerankings or batches, which nobody waits for",
            ", and {number} are embeddings, rerankings or batches, which nobody waits for",
            apart,
        ).format(number=count(apart))
    return f"{said}."


def hours(microseconds: int) -> str:
    return duration(microseconds)


def _a_day(microseconds: int, span: Span) -> str:
    return duration(microseconds / span.days)


def _pieces(found: Waiting) -> tuple[Piece, ...]:
    sums = found.sums
    told = (
        (_("Retry delay"), _("until the attempt that answered began"), sums.waiting_delay_us, sums.waiting_delay_known),
        (_("Routing overhead"), _bases(found), sums.waiting_overhead_us, sums.waiting_overhead_known),
    )
    largest = max(sums.waiting_delay_us, sums.waiting_overhead_us)
    return tuple(
        Piece(
            name=name,
            note=note,
            hours=hours(microseconds) if known else _("not measured"),
            a_day=_a_day(microseconds, found.span) if known else _("not measured"),
            known=f"{share(known / sums.waiting)}, {count(known)}",
            width=round(100 * microseconds / largest, 2) if largest else 0.0,
        )
        for name, note, microseconds, known in told
    )


def _bases(found: Waiting) -> str:
    used = [basis for basis in BASES if basis in found.whole]
    if not used:
        return _("no request told any")
    if len(used) == 1:
        return ALONE[used[0]]
    said = _("on {number} bases, which are added up here, since all of it is waited for, and kept apart below")
    return said.format(number=len(used))


def _dollars_note(latency: Part, sums: RequestSums) -> str:
    if latency.nano is not None:
        said = _("By what you declared for each day; both parts are known of {share} of these requests.")
        return said.format(share=share(latency.coverage))
    if not sums.waiting:
        return _("Nobody waits, so there is nothing to value.")
    if not min(sums.waiting_delay_known, sums.waiting_overhead_known):
        return _("No dollars: of no request both parts are known.")
    return _("No dollars: no value of 1,000 requests is declared, so only hours are shown.")


def _measures(found: Waiting, behind: Behind) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            name=NAMES[name],
            note=NOTES[name],
            number=count(told.n),
            share=_share_of(name, told.n, found.user_facing),
            p50=milliseconds(told.p50),
            p95=milliseconds(told.p95),
            p99=milliseconds(told.p99),
            url=_slowest(name, told, behind),
        )
        for name, told in found.whole.items()
    )


def _slowest(name: str, told: Quantiles, behind: Behind) -> str:
    """Requests that waited as long as the slowest hundredth, by both parts together."""
    again = {"again": RETRIED} if name == RETRY_DELAY else {}
    return behind.at(min_wait_ms=f"{told.p99:.0f}" if told.p99 >= 1 else "1", **again)


def _share_of(name: str, n: int, told: RequestSums) -> str:
    """Of those that could have told it: retried ones for the delay, dispatched ones for the overhead."""
    whole = told.retried if name == RETRY_DELAY else told.requests - told.undispatched
    return share(min(1.0, n / whole)) if whole else ""


def _measures_basis(found: Waiting) -> str:
    return _(
        "{window}; {requests}, own data, no cohort. Quantiles are within one per cent, from sketches. Known of: retried "
        "requests for the delay, dispatched ones for the overhead. Bases differ in what they include and are never mixed."
    ).format(window=words(found.span), requests=count(found.user_facing.requests, "user-facing request"))


def _told(found: Waiting) -> tuple[str, ...]:
    return METRICS if found.sums.requests else ()
