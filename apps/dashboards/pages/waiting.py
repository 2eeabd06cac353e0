"""What does waiting cost? Retry delay and routing overhead of requests that people wait for, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from apps.benchmarks.queries import Standing
from apps.dashboards.figures.plots import Band, Event, Level, Plot, bands, drawn_with
from apps.dashboards.frame import Frame
from apps.dashboards.pages import beside_peers
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.happened import Happenings
from apps.dashboards.pages.span import Chooser, words
from apps.dashboards.queries.requests import RETRIED
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.waiting import RETRY_DELAY, Quantiles, Waiting, latency_of
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, duration, share
from apps.dashboards.wording.signs import NBSP
from apps.rollups.parts import Part
from apps.rollups.sums import BASES, RequestSums

HOUR_US = 3_600_000_000
METRICS = ("retry_delay_ms", "routing_overhead_ms_p50")
NAMES = {
    RETRY_DELAY: "Retry delay",
    "receive_to_dispatch": "Routing overhead, from receiving to dispatching",
    "total_minus_provider": "Routing overhead, total less the provider's time",
    "decision_only": "Routing overhead, the decision alone",
}
NOTES = {
    RETRY_DELAY: "from the first dispatch to the start of the attempt that answered, of requests with more than one attempt",
    "receive_to_dispatch": "all that happens before the provider is asked",
    "total_minus_provider": "what the gateway took before and after the provider",
    "decision_only": "choosing a model, and nothing around it",
}
STUDY = {
    RETRY_DELAY: (Level(2_100.0, "published study: a mean of 2.1 s (literature, not peers)"),),
    **dict.fromkeys(
        BASES,
        (
            Level(14.0, "published study, one provider: p50 14 ms (literature, not peers)"),
            Level(89.0, "published study, several providers: p50 89 ms (literature, not peers)"),
        ),
    ),
}


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
class Moment:
    when: str
    number: str
    p50: str
    p95: str
    p99: str


@dataclass(frozen=True)
class History:
    """The quantile band of one measure over time, and the same as a table."""

    name: str
    note: str
    plot: Plot
    moments: tuple[Moment, ...]


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
        hours=hours(added) if known else "not measured",
        a_day=_a_day(added, found.span) if known else "not measured",
        dollars=money.dollars(latency.nano) if latency.nano is not None else "",
        dollars_note=_dollars_note(latency, sums),
        declared=latency.nano is not None,
        measures=_measures(found, behind),
        measures_basis=_measures_basis(found),
        histories=_histories(found, happened.events),
        period="Week from" if found.weekly else "Day",
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
        return (Words("No request came in during these days, so nothing is known of waiting."),)
    if not sums.waiting:
        return (
            Words("Nobody waits for these requests: none of them is user-facing, so that waiting costs nothing here."),
        )
    if not (sums.waiting_delay_known or sums.waiting_overhead_known):
        return (Words("How long people wait for routing is not measured: that needs the starts of attempts, or a routing "
                      "overhead with its basis."),)  # fmt: skip
    added = sums.waiting_delay_us + sums.waiting_overhead_us
    whole = sums.waiting_delay_known == sums.waiting_overhead_known == sums.waiting
    opening = "Routing made people wait " if whole else "Routing made people wait at least "
    priced = latency.nano is not None
    return (
        Words(opening),
        Words(_a_day(added, found.span), "worse" if added else "you"),
        Words(f" a day, {_for_each(added, sums)} for each of their requests. "),
        *((Words("At the value you declared, that is "), Words(money.whole_dollars(latency.nano), "ink"), Words(
            f" in these {found.span.days} days.")) if priced and latency.nano is not None else
          (Words("What that costs is not known: no value of a request is declared."),)),
    )  # fmt: skip


def basis(found: Waiting) -> str:
    return f"{words(found.span)}, {count(found.sums.waiting, 'request')} that people waited for. {others(found)}"


def others(found: Waiting) -> str:
    """How many requests are not counted here, and why."""
    sums, told = found.sums, found.user_facing
    apart = told.requests - sums.waiting
    background = sums.requests - told.requests
    said = (
        f"{count(background, 'request')} of {count(sums.requests)} {'is' if background == 1 else 'are'} background work"
    )
    if apart > 0:
        said += f", and {count(apart)} are embeddings, rerankings or batches, which nobody waits for"
    return f"Not counted: {said}." if background or apart > 0 else "All requests are user-facing."


def hours(microseconds: int) -> str:
    return duration(microseconds)


def _a_day(microseconds: int, span: Span) -> str:
    return duration(microseconds / span.days)


def _for_each(added: int, sums: RequestSums) -> str:
    return f"{duration(added / sums.waiting)} on average"


def _pieces(found: Waiting) -> tuple[Piece, ...]:
    sums = found.sums
    told = (
        ("Retry delay", "until the attempt that answered began", sums.waiting_delay_us, sums.waiting_delay_known),
        ("Routing overhead", _bases(found), sums.waiting_overhead_us, sums.waiting_overhead_known),
    )
    largest = max(microseconds for *_, microseconds, _ in told)
    return tuple(
        Piece(
            name=name,
            note=note,
            hours=hours(microseconds) if known else "not measured",
            a_day=_a_day(microseconds, found.span) if known else "not measured",
            known=f"{share(known / sums.waiting)}, {count(known)}",
            width=round(100 * microseconds / largest, 2) if largest else 0.0,
        )
        for name, note, microseconds, known in told
    )


def _bases(found: Waiting) -> str:
    used = [NAMES[basis].removeprefix("Routing overhead, ") for basis in BASES if basis in found.whole]
    if not used:
        return "no request told any"
    if len(used) == 1:
        return f"on one basis: {used[0]}"
    return f"on {len(used)} bases, which are added up here, since all of it is waited for, and kept apart below"


def _dollars_note(latency: Part, sums: RequestSums) -> str:
    if latency.nano is not None:
        return (
            f"By what you declared for each day; both parts are known of {share(latency.coverage)} of these requests."
        )
    if not sums.waiting:
        return "Nobody waits, so there is nothing to value."
    if not min(sums.waiting_delay_known, sums.waiting_overhead_known):
        return "No dollars: of no request both parts are known."
    return "No dollars: no value of 1,000 requests is declared, so only hours are shown."


def _measures(found: Waiting, behind: Behind) -> tuple[Measure, ...]:
    return tuple(
        Measure(
            name=NAMES[name],
            note=NOTES[name],
            number=count(told.n),
            share=_share_of(name, told.n, found.user_facing),
            p50=_ms(told.p50),
            p95=_ms(told.p95),
            p99=_ms(told.p99),
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
    return (
        f"{words(found.span)}; {count(found.user_facing.requests, 'user-facing request')}, own data, no cohort. "
        "Quantiles are within one per "
        "cent, from sketches. Known of: retried requests for the delay, dispatched ones for the overhead. Bases differ in what "
        "they include and are never mixed."
    )


def _told(found: Waiting) -> tuple[str, ...]:
    return METRICS if found.sums.requests else ()


def _histories(found: Waiting, events: Sequence[Event]) -> tuple[History, ...]:
    return tuple(
        History(NAMES[name], NOTES[name], _plot(name, told, periods, events), _moments(told, periods))
        for name in found.whole
        for told in [found.periods[name]]
        for periods in [_axis(found)]
    )


def _axis(found: Waiting) -> list[date]:
    if not found.weekly:
        return [found.span.start + timedelta(days=n) for n in range(found.span.days)]
    first = found.span.start - timedelta(days=found.span.start.weekday())
    return [first + timedelta(weeks=n) for n in range((found.span.end - first).days // 7 + 1)]


def _plot(name: str, told: Mapping[date, Quantiles], periods: Sequence[date], events: Sequence[Event]) -> Plot:
    drawn = [(when, Band(one.p50, one.p95, one.p99) if (one := told.get(when)) else None) for when in periods]
    worst = max(told, key=lambda when: told[when].p95)
    label = (
        f"{NAMES[name]}: median, 95th and 99th percentile, {count(len(told), 'period')}; the 95th percentile was highest on "
        f"{times.day(worst)}, {_ms(told[worst].p95)}."
    )
    return Plot(name.replace("_", "-"), drawn_with(bands(drawn, STUDY[name]), events), label)


def _moments(told: Mapping[date, Quantiles], periods: Sequence[date]) -> tuple[Moment, ...]:
    nothing = f"not{NBSP}measured"
    return tuple(
        Moment(times.day(when), count(one.n), _ms(one.p50), _ms(one.p95), _ms(one.p99))
        if (one := told.get(when))
        else Moment(times.day(when), "0", nothing, nothing, nothing)
        for when in periods
    )


def _ms(milliseconds: float) -> str:
    return duration(1_000 * milliseconds)
