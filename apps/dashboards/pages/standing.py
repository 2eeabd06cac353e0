"""Where do you stand? One deployment beside the published tables of its peers, or why it is not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.disclosure.yardsticks import EFFICIENCY_SCOPES
from apps.benchmarks.queries import NOT_ENOUGH_PEERS, Standing
from apps.benchmarks.queries import headline as widest
from apps.dashboards.figures.fiveparts import Bar, bar
from apps.dashboards.figures.gates import Gate
from apps.dashboards.figures.history import History
from apps.dashboards.figures.strip import Strip
from apps.dashboards.frame import Frame, Link
from apps.dashboards.pages import comparison, missing
from apps.dashboards.pages.own import Own, own_of
from apps.dashboards.pages.parts import Part, parts, per_thousand, study_bar, sum_of
from apps.dashboards.pages.standing_answer import answer
from apps.dashboards.queries.windows import Facts
from apps.dashboards.wording import money, times
from apps.dashboards.wording.benchmark import literature
from apps.dashboards.wording.shares import count, share
from apps.rollups.parts import TOKEN
from apps.rollups.window import DeploymentWindow

HISTORIES = ("retry_rate", "effective_cost_uplift", "failure_rate", "retry_cost_multiple")


@dataclass(frozen=True)
class Row:
    """One metric beside its peers. Without a strip, `reason` says why there is none."""

    title: str
    note: str
    own: str
    median: str
    strip: Strip | None
    verdict: str
    over: bool
    """Whether the verdict is on the dearer side of the median."""
    literature: str
    """What the published study found, in words."""
    reason: str
    unmeasured: bool
    """Whether that is because the own value is not known."""


@dataclass(frozen=True)
class Headline:
    """Routing efficiency, in the scope in which it is compared, or in the widest that there is."""

    own: str
    scope: str
    scope_means: str
    median: str
    strip: Strip | None
    verdict: str
    over: bool


@dataclass(frozen=True)
class HistoryOf:
    title: str
    note: str
    now: str
    figure: History


@dataclass(frozen=True)
class Step:
    """What a number of other organizations makes visible; `here` is where one is."""

    others: str
    shown: str
    here: bool


@dataclass(frozen=True)
class StandingPage:
    frame: Frame
    name: str
    answer: tuple[comparison.Words, ...]
    basis: str
    headline: Headline | None
    scopes: tuple[Link, ...]
    """The scopes in which there is an efficiency to compare, where there are several; each leads to this page in it."""
    rows: tuple[Row, ...]
    chart_basis: str
    histories: tuple[HistoryOf, ...]
    history_basis: str
    bar: Bar | None
    study: Bar
    parts: tuple[Part, ...]
    parts_basis: str
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    settings: str

    @property
    def open_gates(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if not gate.passed)

    @property
    def met_gates(self) -> tuple[Gate, ...]:
        return tuple(gate for gate in self.gates if gate.passed)

    @property
    def compared(self) -> bool:
        """Whether any metric has a median beside it."""
        return any(row.median for row in self.rows)


def build(
    facts: Facts, *, frame: Frame, name: str, settings: str, here: Callable[[str], str], scope: str = ""
) -> StandingPage:
    """`settings` is where to opt in, and to declare; `here` is this page in a scope, `scope` the one that is asked for."""
    window, standings = facts.window, facts.standings
    own = {
        metric: own_of(window.metrics[metric], one.yardstick, facts.weeks)
        for metric, one in standings.items()
        if metric in window.metrics
    }
    leading = widest(standings, scope)
    amounts = per_thousand(window)
    drawn = bar(amounts, owner=_("You")) if amounts.get(TOKEN) is not None and sum_of(amounts) else None
    return StandingPage(
        frame=frame,
        name=name,
        answer=answer(leading, standings, own, name=name),
        basis=_basis(leading),
        headline=headline(leading, own, window, scope),
        scopes=_scopes(standings, leading, here),
        rows=rows(standings, own),
        chart_basis=_chart_basis(leading, window),
        histories=histories(own[metric] for metric in HISTORIES if metric in own),
        history_basis=_history_basis(own),
        bar=drawn,
        study=study_bar(),
        parts=parts(window),
        parts_basis=_parts_basis(window, sum_of(amounts)),
        steps=steps(leading),
        gates=missing.gates(leading),
        settings=settings,
    )


def rows(standings: Mapping[str, Standing], own: Mapping[str, Own]) -> tuple[Row, ...]:
    """A row for each metric that is not an efficiency, in the order of the benchmark's registry."""
    metrics = [metric for metric in standings if metric in own and not metric.startswith("efficiency_")]
    return tuple(_row(standings[metric], own[metric]) for metric in metrics)


def _scopes(standings: Mapping[str, Standing], leading: Standing, here: Callable[[str], str]) -> tuple[Link, ...]:
    found = [(scope, standings[f"efficiency_{scope}"]) for scope in reversed(EFFICIENCY_SCOPES)]
    links = [
        Link(comparison.SCOPE_NAMES[scope], here(scope), one is leading) for scope, one in found if one.own is not None
    ]
    return tuple(links) if len(links) > 1 else ()


def headline(leading: Standing, own: Mapping[str, Own], window: DeploymentWindow, scope: str = "") -> Headline | None:
    """None when the deployment has an efficiency in no scope, or not in the one asked for, neither frozen nor now."""
    if leading.own is None:
        asked_for = next((one for one in window.efficiencies if one.scope == scope), None)
        now = asked_for if scope else window.headline
        if now is None or now.value is None:
            return None
        return Headline(
            share(now.value), comparison.SCOPE_NAMES[now.scope], comparison.SCOPES[now.scope], "", None, "", over=False
        )
    name = leading.metric.removeprefix("efficiency_")
    row = _row(leading, own[leading.metric])
    return Headline(
        row.own, comparison.SCOPE_NAMES[name], comparison.SCOPES[name], row.median, row.strip, row.verdict, row.over
    )


def histories(own: Iterable[Own]) -> tuple[HistoryOf, ...]:
    """Own weeks of the metrics that have any, beside the published study."""
    drawn = [(one, one.history()) for one in own]
    return tuple(
        HistoryOf(one.title, one.note, one.words(one.value) if one.value is not None else _("not measured"), figure)
        for one, figure in drawn
        if figure is not None
    )


def steps(leading: Standing) -> tuple[Step, ...]:
    """The ladder of the disclosure policy, with the rung one is on."""
    counted = leading.missing in ("", NOT_ENOUGH_PEERS)
    return tuple(
        Step(others, shown, counted and leading.shown.level is rung) for rung, others, shown in comparison.ladder()
    )


def _row(standing: Standing, own: Own) -> Row:
    strip = comparison.strip_of(standing, own.words)
    value = standing.own if standing.own is not None else own.value
    return Row(
        title=own.title,
        note=own.note,
        own=own.words(value) if value is not None else "",
        median=own.words(standing.shown.median) if standing.shown.median is not None else "",
        strip=strip,
        verdict=comparison.said(standing.verdict),
        over=comparison.is_over(standing.verdict),
        literature="; ".join(literature(one, own.words(one.value)) for one in standing.yardstick.literature),
        reason="" if strip else missing.reason(standing),
        unmeasured=value is None,
    )


def _basis(leading: Standing) -> str:
    if leading.week is None:
        return _(
            "Medians are frozen once a week, Monday 00:30 UTC, over four complete weeks. Nothing is invented before."
        )
    frozen = comparison.frozen(leading)
    if leading.stratum is None:
        return _("{frozen}. Everybody is counted under the published assumptions.").format(frozen=frozen)
    return _("{frozen}. Cohort: {cohort}. Everybody is counted under the published assumptions.").format(
        frozen=frozen, cohort=comparison.cohort(leading)
    )


def _chart_basis(leading: Standing, window: DeploymentWindow) -> str:
    split = _coverage(window)
    if leading.shown.level is Level.NOTHING:
        frozen = comparison.frozen(leading) or _("No frozen week")
        return _("{frozen}; no cohort is shown.").format(frozen=frozen) + f" {split}"
    return f"{_bands(leading.shown.level)} {comparison.frozen(leading)}; {comparison.cohort(leading)}. {split}"


def _bands(level: Level) -> str:
    if level is Level.MEDIAN:
        return _("Tick: the median of organizations, on a coarser grid; dot: you.")
    if level is Level.TAILS:
        return _(
            "Tick: the median of organizations, with its interval in dark; band: their middle half; pale band: 10th to 90th "
            "percentile; dot: you."
        )
    return _("Tick: the median of organizations, with its interval in dark; band: their middle half; dot: you.")


def _coverage(window: DeploymentWindow) -> str:
    everything = window.totals.requests
    if not everything.requests:
        return ""
    priced = share(everything.priced / everything.requests)
    known = share(everything.measurable / everything.requests)
    return _("Coverage: {priced} of requests are priced, all attempts are known of {known}.").format(
        priced=priced, known=known
    )


def _history_basis(own: Mapping[str, Own]) -> str:
    drawn = next((one for metric in HISTORIES if (one := own.get(metric)) and one.first_day and one.last_day), None)
    if drawn is None or drawn.first_day is None or drawn.last_day is None:
        return ""
    return _("Own data, complete weeks from {window}, production; no cohort.").format(
        window=times.window(drawn.first_day, drawn.last_day)
    )


def _parts_basis(window: DeploymentWindow, total: int | None) -> str:
    totals = window.totals
    span = times.window(totals.start, totals.end)
    opening = ""
    if total is not None:
        said = _("{amount} for 1,000 requests, of the parts that are known.")
        opening = f"{said.format(amount=money.dollars(total))} "
    read = _("{window}, production, {requests}; own data, no cohort.").format(
        window=span, requests=count(totals.requests.requests, "request")
    )
    study = _(
        "The study's workload, value of a wait and maintenance are not yours, and its own arithmetic does not hold in every "
        "place."
    )
    return f"{opening}{read} {_coverage(window)} {study}"
