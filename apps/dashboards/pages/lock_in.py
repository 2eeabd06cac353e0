"""What a unit of quality cost with one provider, two, or more: an association among one's own deployments."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
        none = _("Not known: no task of your deployments has {number} scored and priced requests in these days.")
        return none.format(number=FEWEST_SCORES)
    both = {one.task for one in cells if one.providers == classes[0]} & {
        one.task for one in cells if one.providers != classes[0]
    }
    if len(classes) == 1:
        said = (
            _("All deployments with scores are served by one provider: there is nothing to hold that against.")
            if classes == ["1"]
            else _(
                "All deployments with scores are served by {number} providers: there is nothing to hold that against."
            )
        )
        return said.format(number=classes[0])
    if not both:
        return _("No task is served by different numbers of providers, so that nothing can be held against each other.")
    said = ngettext(
        "{tasks} is served by different numbers of providers. Where lines lie apart, other things differ as well: which "
        "models, how long the prompts are, who scores.",
        "{tasks} are served by different numbers of providers. Where lines lie apart, other things differ as well: which "
        "models, how long the prompts are, who scores.",
        len(both),
    )
    return said.format(tasks=count(len(both), "task"))


def _plot(cells: Sequence[Cell], classes: Sequence[str]) -> Plot:
    curves = [
        Curve(
            name=(_("{number} provider") if name == "1" else _("{number} providers")).format(number=name),
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
    label = _("What quality costs against the quality reached, {tasks} by number of providers.")
    per = _("dollars for {number} {times} quality 1").format(number=count(PER), times=TIMES)
    return Plot("lock-in", cost_of_quality(curves, per=per), label.format(tasks=count(len(cells), "task")))


def _row(one: Cell) -> LockInRow:
    return LockInRow(
        task=one.task,
        note="" if one.standard else _("a name of your own, not of the public taxonomy"),
        providers=one.providers,
        deployment=one.deployment,
        quality=f"{one.quality:.3f}",
        cost=money.dollars(one.nano_per_quality * PER),
        scored=_("{number} of {whole}").format(number=count(one.scored), whole=count(one.requests)),
    )


def _basis(cells: Sequence[Cell], span: Span) -> str:
    requests, scored = sum(one.requests for one in cells), sum(one.scored for one in cells)
    coverage = _("n: {requests}, {part} of those of these tasks.") + " " if requests else ""
    return _(
        "{window}, deployments of this organization. {coverage}What was billed for scored requests over the sum of their "
        "scores, task by task, so that a cheap task stands beside itself alone; a provider counts from 1 % of requests on. An "
        "association, never a cause. No figure of peers stands here: dollars of others are not shown."
    ).format(
        window=words(span),
        coverage=coverage.format(requests=count(scored, "scored request"), part=share(scored / (requests or 1))),
    )
