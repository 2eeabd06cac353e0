"""Who serves you best? Cost against quality, task by task, with what the evidence does not tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from apps.dashboards.figures.plots import Plot
from apps.dashboards.figures.scatter import Point, cost_and_quality
from apps.dashboards.frame import Frame, Link
from apps.dashboards.pages import providers_answer
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.lock_in import LockInPart, lock_in_part
from apps.dashboards.pages.providers_grid import Grid, grid
from apps.dashboards.pages.span import Chooser, words
from apps.dashboards.queries.lock_in import Cell
from apps.dashboards.queries.providers import PER, Serves
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import EN_DASH, NBSP
from apps.dashboards.wording.translate import glued
from apps.quality.gather import FEWEST
from apps.quality.queries import Seen
from apps.quality.serving import Server, Task, best_single


@dataclass(frozen=True)
class Row:
    """A model at a task; `verdict` in words, `good` whether it is said of one that is good enough."""

    model: str
    provider: str
    quality: str
    interval: str
    price: str
    evidence: str
    age: str
    planned: str
    verdict: str
    good: bool


@dataclass(frozen=True)
class TaskPart:
    name: str
    url: str
    here: bool
    threshold: str
    requests: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Unknown:
    task: str
    model: str
    requests: str
    why: str


@dataclass(frozen=True)
class ProvidersPage:
    frame: Frame
    name: str
    chooser: Chooser
    answer: tuple[Words, ...]
    basis: str
    links: tuple[Link, ...]
    chosen: str
    plot: Plot | None
    plot_basis: str
    grid: Grid
    tasks: tuple[TaskPart, ...]
    table_basis: str
    single: tuple[Words, ...]
    unknown: tuple[Unknown, ...]
    lock_in: LockInPart
    replay_sets: str
    evidence: bool


def build(
    found: Serves,
    cells: tuple[Cell, ...],
    *,
    frame: Frame,
    name: str,
    chooser: Chooser,
    asked: str,
    window: Mapping[str, str],
    replay_sets: str,
    now: datetime,
) -> ProvidersPage:
    """`asked` is the task of the address, `window` what else the address says; the task with most requests by default."""
    tasks = sorted(found.tasks, key=lambda one: (-one.served, one.name))
    chosen = next((one for one in tasks if one.name == asked), tasks[0] if tasks else None)
    here = chosen.name if chosen else ""
    links = {one.name: f"{chooser.path}?{urlencode({**window, 'task': one.name})}" for one in tasks}
    return ProvidersPage(
        frame=frame,
        name=name,
        chooser=chooser,
        answer=providers_answer.answer(found, tasks),
        basis=_basis(found),
        links=tuple(Link(one.name, links[one.name], one.name == here) for one in tasks),
        chosen=here,
        plot=_plot(chosen) if chosen else None,
        plot_basis=_plot_basis(found, chosen) if chosen else "",
        grid=grid(
            found,
            tasks,
            here=here,
            urls=links,
            threshold=lambda one: _threshold(one, found),
            verdict=_verdict,
        ),
        tasks=tuple(
            TaskPart(
                name=one.name,
                url=links[one.name],
                here=one.name == here,
                threshold=_threshold(one, found),
                requests=count(one.served, "request"),
                rows=tuple(_row(each, one, found, now) for each in one.servers),
            )
            for one in tasks
        ),
        table_basis=_table_basis(found),
        single=providers_answer.single(best_single(found.tasks), found),
        unknown=_unknown(found),
        lock_in=lock_in_part(cells, found.span),
        replay_sets=replay_sets,
        evidence=bool(tasks),
    )


def _basis(found: Serves) -> str:
    served = _("{requests} served by a model.").format(requests=count(found.served, "request"))
    whole = f"{words(found.span)}, {served}"
    if not found.tasks:
        return whole
    known = sum(sum(each.planned for each in one.servers) for one in found.tasks if len(one.servers) > 1)
    coverage = share(known / found.served) if found.served else share(None)
    said = _(
        "Coverage: {share} of them were planned on a model that can be compared with another at their task. Evidence as of "
        "{day}; prices are those of now, at your terms."
    ).format(share=coverage, day=times.day(found.known_on))
    return f"{whole} {said}"


def _row(one: Server, task: Task, found: Serves, now: datetime) -> Row:
    seen = found.seen[task.name, one.model]
    verdict, good = _verdict(one, task)
    return Row(
        model=one.model,
        provider=one.provider or _("its maker's price"),
        quality=f"{one.quality:.3f}",
        interval=f"{one.low:.3f} {EN_DASH} {one.high:.3f}",
        price=money.dollars(one.price_nano),
        evidence=_evidence(seen),
        age=_age(seen, now),
        planned=share(one.planned / task.served) if task.served else share(None),
        verdict=verdict,
        good=good,
    )


def _verdict(one: Server, task: Task) -> tuple[str, bool]:
    """Sure words only where the whole interval is on one side of the threshold."""
    if len(task.servers) < 2:
        return _("nothing to compare with"), False
    tied = one in task.may_win()
    if one is task.winner:
        alone = [one] == list(task.may_win())
        return (_("cheapest good enough") if alone else _("cheapest good enough, by what is known")), True
    if tied:
        return (_("may be it as well") if one.eligible else _("may be good enough")), one.eligible
    if one.eligible:
        return _("good enough"), True
    return (_("under the threshold") if one.high < task.threshold else _("probably under the threshold")), False


def _evidence(seen: Seen) -> str:
    parts = [
        count(seen.own, "scored request") if seen.own else "",
        glued(_("{number} replayed")).format(number=count(seen.replayed)) if seen.replayed else "",
        _("pool, as {number}").format(number=count(seen.pooled)) if seen.pooled else "",
    ]
    told = [part for part in parts if part]
    return (
        f"n = {told[0]}" if len(told) == 1 and not seen.pooled else f"n = {count(seen.observations)}: {', '.join(told)}"
    )


def _age(seen: Seen, now: datetime) -> str:
    scores = _("scores of the 28 days before") if seen.own else ""
    replayed = _("replayed {ago}").format(ago=times.ago(seen.replayed_at, now=now)) if seen.replayed_at else ""
    pooled = _("the pool of the last frozen week") if seen.pooled and not (scores or replayed) else ""
    return ", ".join(part for part in (scores, replayed, pooled) if part)


def _threshold(task: Task, found: Serves) -> str:
    own, best = _("threshold {number}, set by you"), _("threshold {number}, {share} of the best")
    said = own if task.name in found.thresholds else best
    return said.format(number=f"{task.threshold:.3f}", share=f"95{NBSP}%")


def _plot(task: Task) -> Plot:
    points = {one.model: _point(one) for one in task.servers}
    frontier = [points[one.model] for one in task.frontier()]
    figure = cost_and_quality(
        list(points.values()),
        frontier,
        threshold=round(task.threshold, 4),
        per=_("dollars for {number} requests of this task").format(number=f"{PER:,}"),
        words=_("threshold {number}").format(number=f"{task.threshold:.3f}"),
    )
    winner = task.winner
    label = _(
        "Quality against cost of {models} at {task}; on the frontier: {frontier}; the cheapest that is good enough: {model}."
    ).format(
        models=count(len(points), "model"),
        task=task.name,
        frontier=", ".join(one.name for one in frontier),
        model=winner.model if winner else _("none"),
    )
    return Plot("cost-quality", figure, label)


def _point(one: Server) -> Point:
    return Point(one.model, one.price_nano / money.NANO, one.quality, one.low, one.high, one.planned > 0)


def _plot_basis(found: Serves, task: Task) -> str:
    usage, models = found.usage[task.name], len(task.servers)
    n = sum(found.seen[task.name, one.model].observations for one in task.servers)
    usage_said = _(
        "Usage: {read} tokens in and {written} out, the mean of {requests} of this task with known tokens."
    ).format(
        read=count(usage.tokens["input_tokens"]),
        written=count(usage.tokens["output_tokens"]),
        requests=count(usage.requests, "served request"),
    )
    rest = _(
        "A model that is not in use has its input taken as uncached. n: {number} observations of {models}. Bars: {share} "
        "intervals."
    ).format(number=count(n), models=count(models, "model"), share=f"95{NBSP}%")
    return f"{words(found.span)}. {usage_said} {rest}"


def _table_basis(found: Serves) -> str:
    said = _(
        "Intervals at {level} (Wilson, for scores from 0 to 1 at least as wide as needed). With fewer than {fewest} "
        "observations nothing is said of a model. Within {share} of the least price counts as equal."
    ).format(level=f"95{NBSP}%", fewest=FEWEST, share=f"5{NBSP}%")
    return f"{_basis(found)} {said}"


def _unknown(found: Serves) -> tuple[Unknown, ...]:
    planned = [
        Unknown(
            task=task or _("no task told"),
            model=model or _("no model told"),
            requests=count(sums.served_dispatched),
            why=_why(sums.scored),
        )
        for (task, model), sums in sorted(found.unknown.items(), key=lambda one: -one[1].served_dispatched)
    ]
    why = _("has evidence and no price: see Prices")
    unpriced = [Unknown(task, model, "", why) for task, model in found.unpriced]
    unused = [Unknown(task, model, "", _no_usage()) for task, model in found.unused]
    return (*planned, *unpriced, *unused)


def _no_usage() -> str:
    return _("has evidence of the task, and none of its requests in these days tells which tokens it used")


def _why(scored: int) -> str:
    if not scored:
        return _("none of its answers was scored; {fewest} are needed").format(fewest=FEWEST)
    return _("{answers} scored in these days; {fewest} in the 28 days before are needed").format(
        answers=count(scored, "answer"), fewest=FEWEST
    )
