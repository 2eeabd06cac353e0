"""What do failures cost? The retry overhead in its parts, by cause, over time, by route and by model, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from apps.benchmarks.queries import Standing
from apps.costing.causes import OK
from apps.dashboards.figures.plots import Plot, Series, stacked
from apps.dashboards.frame import Frame
from apps.dashboards.pages import beside_peers
from apps.dashboards.pages.behind import Behind
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.span import Chooser, words
from apps.dashboards.queries.failures import Failures, Overhead, in_vain, overhead
from apps.dashboards.queries.requests import ANY, FALLBACK, RETRIED
from apps.dashboards.queries.span import Span
from apps.dashboards.wording import money, times
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import AT_LEAST, NBSP
from apps.rollups.labels import OTHER
from apps.rollups.sums import AttemptSums, RequestSums
from apps.rollups.totals import add

METRICS: Mapping[str, dict[str, str]] = {
    "retry_rate": {"again": RETRIED},
    "retry_cost_multiple": {"again": RETRIED, "outcome": "served"},
    "effective_cost_uplift": {},
    "failure_rate": {"outcome": "failed"},
    "fallback_rate": {"again": FALLBACK},
}
"""With what the requests behind each are asked for."""
NOT_USED = "answered, and not used"
MOST_ROWS = 20
MOST_DAYS = 92
"""More days are drawn week by week."""
PARTS = (
    ("wasted_nano", "Wasted attempts", "billed, and not the one that answered", "wasted"),
    ("premium_nano", "Fallback premium", "the answer came from a dearer model than planned", "premium"),
    ("failed_nano", "Requests without an answer", "all that was billed for them", "lost"),
)


@dataclass(frozen=True)
class Part:
    name: str
    note: str
    figure: str
    share: str
    width: float
    """In percent of the largest."""
    colour: str
    url: str


@dataclass(frozen=True)
class Cause:
    name: str
    attempts: str
    share: str
    figure: str
    money_share: str
    width: float
    unknown: str
    url: str


@dataclass(frozen=True)
class Place:
    """A route, or a model of a provider; figures of requests are empty where rows are attempts."""

    name: str
    note: str
    number: str
    retry_rate: str
    failed: str
    fallback: str
    per_thousand: str
    figure: str
    width: float
    url: str


@dataclass(frozen=True)
class Period:
    when: str
    retry_rate: str
    figures: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class FailuresPage:
    frame: Frame
    name: str
    chooser: Chooser
    answer: tuple[Words, ...]
    basis: str
    metrics: tuple[beside_peers.Row, ...]
    peers_basis: str
    parts: tuple[Part, ...]
    total: str
    unknown: tuple[Words, ...]
    saving: str
    causes: tuple[Cause, ...]
    causes_total: str
    causes_cost: str
    plot: Plot | None
    period: str
    periods: tuple[Period, ...]
    routes: tuple[Place, ...]
    planned: tuple[Place, ...]
    asked: tuple[Place, ...]
    coverage: str
    csv: str
    settings: str


def build(
    found: Failures,
    standings: Mapping[str, Standing],
    *,
    frame: Frame,
    name: str,
    chooser: Chooser,
    behind: Behind,
    csv: str,
    settings: str,
) -> FailuresPage:
    """`csv` is the address of the tables as text."""
    spent = overhead(found.sums)
    periods = _periods(found)
    return FailuresPage(
        frame=frame,
        name=name,
        chooser=chooser,
        answer=answer(found, spent),
        basis=basis(found),
        metrics=tuple(
            beside_peers.row(found.window.metrics[one], standings.get(one), url=behind.at(**filters) if filters else "")
            for one, filters in METRICS.items()
        ),
        peers_basis=beside_peers.basis(standings.get("retry_rate")),
        parts=_parts(spent, found.sums, behind) if spent else (),
        total=at_least(spent.nano, found.sums) if spent else "",
        unknown=unknown(found.sums, spent),
        saving=_saving(found.sums, spent),
        causes=_causes(found.causes, behind),
        causes_cost=money.dollars(sum(sums.wasted_nano for sums in found.causes.values())),
        causes_total=count(sum(in_vain(cause, sums) for cause, sums in found.causes.items())),
        plot=_plot(periods, weekly=found.span.days > MOST_DAYS) if spent and spent.nano else None,
        period="Week from" if found.span.days > MOST_DAYS else "Day",
        periods=tuple(_period(first, sums, found, behind) for first, sums in periods),
        routes=_places(((_named(route), "", sums, {"route": route}) for route, sums in found.routes.items()), behind),
        planned=_places(
            (
                (_named(model), _named(who), sums, {"model": model, "provider": who})
                for (who, model), sums in found.planned.items()
            ),
            behind,
        ),
        asked=_asked(found.asked, behind),
        coverage=coverage(found),
        csv=csv,
        settings=settings,
    )


def answer(found: Failures, spent: Overhead | None) -> tuple[Words, ...]:
    """What it comes to, on top of what, and what most of it is."""
    sums = found.sums
    if not sums.requests:
        return (Words("No request came in during these days, so nothing is known of failures."),)
    if spent is None:
        return (
            *_how_often(sums),
            Words("What failures cost is not known: that needs all attempts, tokens and a price."),
        )
    if not spent.nano:
        known = "nothing that is known" if sums.unknown_attempts else "nothing"
        return (*_how_often(sums), Words("On top of what the answers cost, failures were billed "), Words(known, "you"),
                Words("."))  # fmt: skip
    uplift = found.window.metrics["effective_cost_uplift"].value
    return (
        *_how_often(sums),
        Words("That made "),
        Words(f"{'at least ' if sums.unknown_attempts else ''}{money.whole_dollars(spent.nano)}", "ink"),
        Words(" of what was billed"),
        *((Words(", "), Words(share(uplift), "worse"), Words(" on top of the answers themselves")) if uplift else ()),
        Words(". "),
        *_mostly(found, spent),
    )


def basis(found: Failures) -> str:
    sums = found.sums
    return f"{words(found.span)}, {count(sums.requests, 'request')}. {coverage(found)}"


def coverage(found: Failures) -> str:
    sums = found.sums
    if not sums.requests:
        return ""
    split, known = share(sums.split / sums.requests), share(sums.measurable / sums.requests)
    return f"All attempts are known of {known} of requests, and the cost of {split} is split into parts."


def unknown(sums: RequestSums, spent: Overhead | None) -> tuple[Words, ...]:
    """The upper bound of what may have been billed without anybody knowing, or that there is none."""
    if not sums.unknown_attempts:
        return (Words("Every failed attempt told what it used, or was turned down before it could cost anything."),)
    many = count(sums.unknown_attempts, "attempt")
    why = f"{many} may have generated, but told no usage (time-outs, cut answers, server errors); they count as nothing above."
    if spent is None:
        return (Words("Unknown billing. ", "ink"), Words(why))
    if sums.unbounded_attempts:
        others = sums.unknown_attempts - sums.unbounded_attempts
        known = f" The other {count(others)} cost at most {money.dollars(sums.unknown_upper_nano)}." if others else ""
        return (
            Words(f"Unknown billing: at least {money.dollars(spent.nano)}, without an upper bound. ", "ink"),
            Words(
                f"{why} Of {count(sums.unbounded_attempts)} of them nothing bounds the cost, since no answer tells how long "
                f"the input was, or their model has no price.{known}"
            ),
        )
    return (
        Words(
            f"Unknown billing: at least {money.dollars(spent.nano)}, at most "
            f"{money.dollars(spent.nano + sums.unknown_upper_nano)}. ",
            "ink",
        ),
        Words(
            f"{why} Had each been billed the input of the answer that came in its stead, up to "
            f"{money.dollars(sums.unknown_upper_nano)} would be added."
        ),
    )


def at_least(nano: int, sums: RequestSums) -> str:
    return f"{AT_LEAST}{NBSP}{money.dollars(nano)}" if sums.unknown_attempts else money.dollars(nano)


def cause_name(cause: str) -> str:
    words = NOT_USED if cause == OK else CAUSES.get(cause, cause)
    return words[0].upper() + words[1:]


def _how_often(sums: RequestSums) -> tuple[Words, ...]:
    if not sums.counted:
        return (Words("How many requests needed more than one attempt is not known. "),)
    failed = f", and {share(sums.failed / sums.outcome_known)} got no answer" if sums.failed else ""
    again = share(sums.retried / sums.counted)
    return (
        Words(again, "worse" if sums.retried else "you"),
        Words(f" of requests needed more than one attempt{failed}. "),
    )


def _mostly(found: Failures, spent: Overhead) -> tuple[Words, ...]:
    """The largest single thing: a cause of attempts in vain, or the premium."""
    causes = {cause: sums.wasted_nano for cause, sums in found.causes.items()}
    worst = max(causes, key=lambda cause: causes[cause], default=OK)
    if spent.premium_nano >= causes.get(worst, 0):
        what, nano = "answers that came from a dearer model than planned", spent.premium_nano
    elif worst == OK:
        what, nano = "answers that were not used", causes[worst]
    else:
        what, nano = f"attempts that ended so: {CAUSES.get(worst, worst)}", causes[worst]
    return (Words(f"The largest part, {share(nano / spent.nano)}, is "), Words(what, "ink"), Words("."))


def _parts(spent: Overhead, sums: RequestSums, behind: Behind) -> tuple[Part, ...]:
    urls = {
        "wasted_nano": behind.at(again=RETRIED, outcome="served"),
        "premium_nano": behind.at(again=FALLBACK, outcome="served"),
        "failed_nano": behind.at(outcome="failed"),
    }
    largest = max(getattr(spent, key) for key, *_ in PARTS)
    notes = {"failed_nano": f"{count(sums.failed, 'request')}; all that was billed for them"}
    return tuple(
        Part(
            name=title,
            note=notes.get(key, note),
            figure=money.dollars(nano),
            share=share(nano / spent.nano) if spent.nano else "",
            width=_width(nano, largest),
            colour=colour,
            url=urls[key],
        )
        for key, title, note, colour in PARTS
        for nano in [getattr(spent, key)]
    )


def _saving(sums: RequestSums, spent: Overhead | None) -> str:
    if spent is None or not spent.saving_nano:
        return ""
    return (
        f"{money.dollars(spent.saving_nano)} were saved by fallbacks that cost less than planned: shown apart, and not "
        f"taken off the overhead; {count(sums.fallbacks)} answers came from another model or provider than planned."
    )


def _causes(found: Mapping[str, AttemptSums], behind: Behind) -> tuple[Cause, ...]:
    attempts = sum(in_vain(cause, sums) for cause, sums in found.items())
    spent = sum(sums.wasted_nano for sums in found.values())
    largest = max((sums.wasted_nano for sums in found.values()), default=0)
    ordered = sorted(found.items(), key=lambda one: (-one[1].wasted_nano, -in_vain(*one)))
    return tuple(
        Cause(
            name=cause_name(cause),
            attempts=count(in_vain(cause, sums)),
            share=share(in_vain(cause, sums) / attempts) if attempts else "",
            figure=money.dollars(sums.wasted_nano),
            money_share=share(sums.wasted_nano / spent) if spent else "",
            width=_width(sums.wasted_nano, largest),
            unknown=count(sums.billing_unknown) if sums.billing_unknown else "",
            url=behind.at(again=RETRIED) if cause == OK else behind.at(cause=cause),
        )
        for cause, sums in ordered
    )


def _places(rows: Iterable[tuple[str, str, RequestSums, dict[str, str]]], behind: Behind) -> tuple[Place, ...]:
    """The dearest first."""
    known = [(name, note, sums, overhead(sums), filters) for name, note, sums, filters in rows]
    ordered = sorted(known, key=lambda one: (-(one[3].nano if one[3] else 0), -one[2].requests))[:MOST_ROWS]
    largest = max((spent.nano for *_, spent, _ in ordered if spent), default=0)
    return tuple(
        Place(
            name=name,
            note=note,
            number=count(sums.requests),
            retry_rate=_ratio(sums.retried, sums.counted),
            failed=_ratio(sums.failed, sums.outcome_known),
            fallback=_ratio(sums.fallbacks, sums.fallback_known),
            per_thousand=money.dollars(money.per_thousand(spent.nano, sums.split)) if spent else "",
            figure=at_least(spent.nano, sums) if spent else "not known",
            width=_width(spent.nano, largest) if spent else 0.0,
            url=behind.at(**filters, cause=ANY),
        )
        for name, note, sums, spent, filters in ordered
    )


def _asked(found: Mapping[tuple[str, str], AttemptSums], behind: Behind) -> tuple[Place, ...]:
    largest = max((sums.wasted_nano for sums in found.values()), default=0)
    ordered = sorted(found.items(), key=lambda one: (-one[1].wasted_nano, -one[1].attempts))[:MOST_ROWS]
    return tuple(
        Place(
            name=_named(model),
            note=_named(provider),
            number=count(sums.attempts),
            retry_rate="",
            failed="",
            fallback="",
            per_thousand="",
            figure=money.dollars(sums.wasted_nano),
            width=_width(sums.wasted_nano, largest),
            url=behind.at(model=model, provider=provider, cause=ANY),
        )
        for (provider, model), sums in ordered
    )


def _periods(found: Failures) -> list[tuple[date, RequestSums]]:
    """Days, or weeks by their Monday; those without requests are there, with sums of nothing."""
    if found.span.days <= MOST_DAYS:
        days = [found.span.start + timedelta(days=n) for n in range(found.span.days)]
        return [(day, found.days.get(day, RequestSums())) for day in days]
    first = found.span.start - timedelta(days=found.span.start.weekday())
    mondays = [first + timedelta(weeks=n) for n in range((found.span.end - first).days // 7 + 1)]
    weeks: dict[date, list[RequestSums]] = {monday: [] for monday in mondays}
    for day, sums in found.days.items():
        weeks[day - timedelta(days=day.weekday())].append(sums)
    return [(monday, add(some)) for monday, some in weeks.items()]


def _period(first: date, sums: RequestSums, found: Failures, behind: Behind) -> Period:
    spent = overhead(sums)
    weekly = found.span.days > MOST_DAYS
    start = max(first, found.span.start)
    end = min(first + timedelta(days=6), found.span.end) if weekly else first
    within = Behind(behind.path, Span(start, end, found.span.environment), behind.zone)
    figures = [getattr(spent, key) for key, *_ in PARTS] + [spent.nano] if spent else []
    return Period(
        when=times.day(first),
        retry_rate=_ratio(sums.retried, sums.counted),
        figures=tuple(money.dollars(nano) for nano in figures) or ("not known" if sums.requests else "no request",) * 4,
        url=within.at(cause=ANY),
    )


def _plot(periods: Sequence[tuple[date, RequestSums]], *, weekly: bool) -> Plot:
    spent = [overhead(sums) for _, sums in periods]
    series = [
        Series(title, colour, [getattr(one, key) / money.NANO if one else None for one in spent])
        for key, title, _, colour in PARTS
    ]
    known = [(first, one.nano) for (first, _), one in zip(periods, spent, strict=True) if one]
    worst, most = max(known, key=lambda one: one[1])
    step = "week" if weekly else "day"
    label = (
        f"Retry overhead by {step} in three parts, {count(len(periods), step)}; the most, {money.dollars(most)}, "
        f"{'in the week from' if weekly else 'on'} {times.day(worst)}."
    )
    return Plot("overhead", stacked([first for first, _ in periods], series, prefix="$"), label)


def _ratio(part: int, whole: int) -> str:
    return share(part / whole) if whole else "not known"


def _width(nano: int, largest: int) -> float:
    return round(100 * nano / largest, 2) if largest else 0.0


def _named(label: str) -> str:
    return {"": "not told", OTHER: "all others"}.get(label, label)
