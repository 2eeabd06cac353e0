"""Where do you stand? One deployment beside the published tables of its peers, or why it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.benchmarks.disclosure.peers import Level
from apps.benchmarks.queries import Standing
from apps.dashboards.figures.fiveparts import Bar
from apps.dashboards.figures.gates import Gate
from apps.dashboards.figures.history import History
from apps.dashboards.figures.strip import Strip
from apps.dashboards.frame import Frame
from apps.dashboards.pages import comparison, missing
from apps.dashboards.pages.own import Own
from apps.dashboards.pages.parts import Part


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


@dataclass(frozen=True)
class Headline:
    """Routing efficiency, in the scope in which it is compared."""

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
    rows: tuple[Row, ...]
    chart_basis: str
    histories: tuple[HistoryOf, ...]
    bar: Bar | None
    study: Bar
    parts: tuple[Part, ...]
    parts_basis: str
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    settings: str

    @property
    def compared(self) -> bool:
        """Whether any metric has a median beside it."""
        return any(row.median for row in self.rows)


def rows(found: Mapping[str, Standing], own: Mapping[str, Own]) -> tuple[Row, ...]:
    """A row for each metric that is not an efficiency, in the order of the benchmark's registry."""
    return tuple(
        _row(one, own[metric])
        for metric, one in found.items()
        if metric in own and not metric.startswith("efficiency_")
    )


def headline(standing: Standing, own: Own, scope: str) -> Headline | None:
    """None when the deployment has an efficiency in no scope."""
    if standing.own is None:
        return None
    row = _row(standing, own)
    return Headline(
        own=row.own,
        scope=scope,
        scope_means=comparison.SCOPES[scope],
        median=row.median,
        strip=row.strip,
        verdict=row.verdict,
        over=row.over,
    )


def histories(own: Sequence[Own]) -> tuple[HistoryOf, ...]:
    """Own weeks of the metrics that have any, beside the published study."""
    drawn = [(one, one.history()) for one in own]
    return tuple(
        HistoryOf(one.title, one.note, one.words(one.value) if one.value is not None else "not measured", figure)
        for one, figure in drawn
        if figure is not None
    )


def steps(level: Level, *, counted: bool) -> tuple[Step, ...]:
    """The ladder of the disclosure policy, with the rung one is on."""
    return tuple(Step(others, shown, counted and level is rung) for rung, others, shown in comparison.LADDER)


def _row(standing: Standing, own: Own) -> Row:
    strip = comparison.strip_of(standing, own.words)
    verdict = standing.verdict
    return Row(
        title=own.title,
        note=own.note,
        own=own.words(standing.own) if standing.own is not None else "",
        median=own.words(standing.shown.median) if standing.shown.median is not None else "",
        strip=strip,
        verdict=comparison.said(verdict),
        over=comparison.is_over(verdict),
        literature=" to ".join(own.words(one.value) for one in standing.yardstick.literature),
        reason="" if strip else missing.reason(standing),
    )
