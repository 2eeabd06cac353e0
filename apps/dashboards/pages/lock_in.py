"""What a unit of quality cost with one provider, two, or more: an association among one's own deployments."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.dashboards.figures.plots import Plot
from apps.dashboards.figures.scatter import Curve, cost_of_quality
from apps.dashboards.pages.span import words
from apps.dashboards.queries.lock_in import CLASSES, Cell
from apps.dashboards.queries.providers import PER
from apps.dashboards.queries.span import Span
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import TIMES
from apps.rollups.metrics.selection import FEWEST_SCORES

_DRAWN = {"1": ("you", "solid"), "2": ("latency", "dash"), "3+": ("retry", "dot")}


@dataclass(frozen=True)
class LockInRow:
    task: str
    note: str
    providers: str
    deployment: str
    quality: str
    cost: str
    scored: str


@dataclass(frozen=True)
class LockInPart:
    sentence: str
    plot: Plot | None
    rows: tuple[LockInRow, ...]
    basis: str


def lock_in_part(cells: Sequence[Cell], span: Span) -> LockInPart:
    classes = [name for name in CLASSES if any(one.providers == name for one in cells)]
    return LockInPart(
        sentence=_sentence(cells, classes),
        plot=_plot(cells, classes) if len(cells) > 1 else None,
        rows=tuple(_row(one) for one in sorted(cells, key=lambda one: (one.task, one.providers, -one.scored))),
        basis=_basis(cells, span),
    )


def _sentence(cells: Sequence[Cell], classes: Sequence[str]) -> str:
    if not cells:
        return f"Not known: no task of your deployments has {FEWEST_SCORES} scored and priced requests in these days."
    both = {one.task for one in cells if one.providers == classes[0]} & {
        one.task for one in cells if one.providers != classes[0]
    }
    if len(classes) == 1:
        number = "one provider" if classes == ["1"] else f"{classes[0]} providers"
        return f"All deployments with scores are served by {number}: there is nothing to hold that against."
    if not both:
        return "No task is served by different numbers of providers, so that nothing can be held against each other."
    return (
        f"{count(len(both), 'task')} {'is' if len(both) == 1 else 'are'} served by different numbers of providers. Where lines "
        "lie apart, other things differ as well: which models, how long the prompts are, who scores."
    )


def _plot(cells: Sequence[Cell], classes: Sequence[str]) -> Plot:
    curves = [
        Curve(
            name=f"{name} provider{'' if name == '1' else 's'}",
            colour=_DRAWN[name][0],
            dash=_DRAWN[name][1],
            points=[
                (one.quality, one.nano_per_quality * PER / money.NANO, f"{one.task}, {one.deployment}")
                for one in sorted(cells, key=lambda one: one.quality)
                if one.providers == name
            ],
        )
        for name in classes
    ]
    label = f"What quality costs against the quality reached, {count(len(cells), 'task')} by number of providers."
    return Plot("lock-in", cost_of_quality(curves, per=f"dollars for {PER:,} {TIMES} quality 1"), label)


def _row(one: Cell) -> LockInRow:
    return LockInRow(
        task=one.task,
        note="" if one.standard else "a name of your own, not of the public taxonomy",
        providers=one.providers,
        deployment=one.deployment,
        quality=f"{one.quality:.3f}",
        cost=money.dollars(one.nano_per_quality * PER),
        scored=f"{count(one.scored)} of {count(one.requests)}",
    )


def _basis(cells: Sequence[Cell], span: Span) -> str:
    requests, scored = sum(one.requests for one in cells), sum(one.scored for one in cells)
    coverage = (
        f" n: {count(scored, 'scored request')}, {share(scored / requests)} of those of these tasks."
        if requests
        else ""
    )
    return (
        f"{words(span)}, deployments of this organization.{coverage} What was billed for scored requests over the sum of their "
        f"scores, task by task, so that a cheap task stands beside itself alone; a provider counts from 1 % of requests on. An "
        "association, never a cause. No figure of peers stands here: dollars of others are not shown."
    )
