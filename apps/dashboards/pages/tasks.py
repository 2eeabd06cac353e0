"""How good must an answer be? Tasks with their thresholds, and who reaches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.dashboards.frame import Frame
from apps.dashboards.pages.span import words
from apps.dashboards.queries.providers import Serves
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.signs import EN_DASH, NBSP
from apps.quality.gather import FEWEST
from apps.quality.queries import Seen
from apps.quality.serving import Server, Task, with_threshold
from apps.quality.taxonomy import public_task
from apps.rollups.sums import RequestSums

NOT_SAID = gettext_lazy("not in the public taxonomy")


@dataclass(frozen=True)
class Candidate:
    model: str
    provider: str
    quality: str
    interval: str
    price: str
    evidence: str
    age: str
    eligible: bool
    verdict: str


@dataclass(frozen=True)
class TaskRows:
    name: str
    kind: str
    threshold: str
    whose: str
    requests: str
    rows: tuple[Candidate, ...]
    url: str
    here: bool


@dataclass(frozen=True)
class Unmeasured:
    task: str
    kind: str
    requests: str
    scored: str
    url: str


@dataclass(frozen=True)
class Would:
    """What a threshold would change, in sentences."""

    answer: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class TasksPage:
    frame: Frame
    name: str
    answer: str
    basis: str
    tasks: tuple[TaskRows, ...]
    unmeasured: tuple[Unmeasured, ...]
    chosen: str
    chosen_measured: bool
    would: Would | None
    may_change: bool
    rules: str
    replay_sets: str
    providers: str


def build(
    found: Serves,
    kinds: Mapping[str, str],
    *,
    asked: str,
    tried: tuple[str, int | None] | None,
    address: str,
    now: datetime,
    **place: object,
) -> TasksPage:
    """`asked` is the task that is being changed, `tried` a threshold (in millionths, or none) to be looked at before."""
    tasks = sorted(found.tasks, key=lambda one: (-one.served, one.name))
    known = {one.name: one for one in tasks}
    urls = {name: f"{address}?{urlencode({'task': name})}#change" for name in {*known, *found.sums} if name}
    would = _would(known[tried[0]], tried[1]) if tried and tried[0] in known else None
    return TasksPage(
        **place,  # type: ignore[arg-type]
        answer=_answer(found, tasks),
        basis=_basis(found),
        tasks=tuple(_task(one, found, kinds, urls[one.name], now, here=one.name == asked) for one in tasks),
        unmeasured=tuple(_unmeasured(found, known, kinds, urls)),
        chosen=asked if asked in urls else "",
        chosen_measured=asked in known,
        would=would,
    )


def _answer(found: Serves, tasks: Sequence[Task]) -> str:
    told = [name for name in found.sums if name]
    if not told:
        return _("No request of these days has a task, so no model can be held against another: begin with the rules.")
    compared = sum(len(one.servers) > 1 for one in tasks)
    own = sum(one.name in found.thresholds for one in tasks)
    all_of_them = count(len(told), "task")
    if not tasks and found.unused:
        return _("Not measured: no request of your tasks with evidence tells, in these days, which tokens it used.")
    if not compared:
        return _("Not measured: none of your {tasks} has two models with evidence of quality.").format(
            tasks=all_of_them
        )
    if own:
        said = ngettext(
            "{number} of your {tasks} can be judged, {own} of them by your own threshold.",
            "{number} of your {tasks} can be judged, {own} of them by your own threshold.",
            own,
        )
        return said.format(number=compared, tasks=all_of_them, own=own)
    said = _("{number} of your {tasks} can be judged, all at {share} of the best candidate.")
    return said.format(number=compared, tasks=all_of_them, share=f"95{NBSP}%")


def _basis(found: Serves) -> str:
    measured = sum(one.served for one in found.tasks if len(one.servers) > 1)
    coverage = share(measured / found.served) if found.served else share(None)
    return _(
        "{window}, n = {number} served requests; coverage: {share} of them are of a task where two models have evidence and a "
        "price. Evidence as of {day}; prices of now, at your terms."
    ).format(window=words(found.span), number=f"{found.served:,}", share=coverage, day=times.day(found.known_on))


def _task(task: Task, found: Serves, kinds: Mapping[str, str], url: str, now: datetime, *, here: bool) -> TaskRows:
    return TaskRows(
        name=task.name,
        kind=public_task(task.name, kinds) or str(NOT_SAID),
        threshold=f"{task.threshold:.3f}",
        whose=_("set by you") if task.name in found.thresholds else _("{share} of the best").format(share=f"95{NBSP}%"),
        requests=count(task.served, "request"),
        rows=tuple(_candidate(one, task, found.seen[task.name, one.model], now) for one in task.servers),
        url=url,
        here=here,
    )


def _candidate(one: Server, task: Task, seen: Seen, now: datetime) -> Candidate:
    return Candidate(
        model=one.model,
        provider=one.provider or _("its maker's price"),
        quality=f"{one.quality:.3f}",
        interval=f"{one.low:.3f}{NBSP}{EN_DASH}{NBSP}{one.high:.3f}",
        price=money.dollars(one.price_nano),
        evidence=f"n = {count(seen.observations)}",
        age=_age(seen, now),
        eligible=one.eligible and len(task.servers) > 1,
        verdict=_verdict(one, task),
    )


def _age(seen: Seen, now: datetime) -> str:
    parts = [
        _("28 days before") if seen.own else "",
        _("replayed {ago}").format(ago=times.ago(seen.replayed_at, now=now)) if seen.replayed_at else "",
        _("the pool of the last frozen week") if seen.pooled else "",
    ]
    return ", ".join(part for part in parts if part)


def _verdict(one: Server, task: Task) -> str:
    if len(task.servers) < 2:
        return _("nothing to compare with")
    if one is task.winner:
        return _("eligible, the cheapest")
    return _("eligible") if one.eligible else _("under the threshold")


def _unmeasured(
    found: Serves, known: Mapping[str, Task], kinds: Mapping[str, str], urls: Mapping[str, str]
) -> list[Unmeasured]:
    without = ((task, sums) for task, sums in found.sums.items() if task not in known)
    unused = {task for task, _model in found.unused}
    return [
        Unmeasured(
            task=task or _("no task"),
            kind=(public_task(task, kinds) or str(NOT_SAID)) if task else _("name it by a rule"),
            requests=f"{sums.requests:,}",
            scored=_no_usage() if task in unused else _scored(sums),
            url=urls.get(task, ""),
        )
        for task, sums in sorted(without, key=lambda one: (-one[1].requests, one[0]))
    ]


def _no_usage() -> str:
    return _("there is evidence, but none of its requests in these days tells which tokens it used")


def _scored(sums: RequestSums) -> str:
    said = _("{number} scored; {fewest} of each of two models are needed")
    return said.format(number=count(sums.scored), fewest=FEWEST)


def _would(task: Task, micro: int | None) -> Would:
    after = with_threshold(task, micro)
    before, then = ({one.model for one in each.servers if one.eligible} for each in (task, after))
    lines = [
        *(_("{model} becomes eligible.").format(model=model) for model in sorted(then - before)),
        *(_("{model} is no longer eligible.").format(model=model) for model in sorted(before - then)),
    ]
    lines += [_cheapest(task.winner, after.winner)]
    changed = _("nobody becomes eligible or ceases to be")
    if before != then:
        changed = _("{models} of {number} eligible, {now} now").format(
            models=count(len(then), "model"), number=len(task.servers), now=len(before)
        )
    answer = _("A threshold of {after} in the place of {before}: {change}. Nothing is saved yet.").format(
        after=f"{after.threshold:.3f}", before=f"{task.threshold:.3f}", change=changed
    )
    return Would(answer, tuple(lines))


def _cheapest(now: Server | None, then: Server | None) -> str:
    if then is None:
        return _("No model would be good enough: every request of the task would count as under quality.")
    named = {"model": then.model, "price": money.dollars(then.price_nano)}
    if now is None:
        return _("The cheapest eligible model would be {model}, {price} for 1,000 requests.").format(**named)
    if now.model != then.model:
        return _(
            "The cheapest eligible model would be {model}, {price} for 1,000 requests, where it was {before} at "
            "{price_before}."
        ).format(**named, before=now.model, price_before=money.dollars(now.price_nano))
    return _("The cheapest eligible model stays {model}, {price} for 1,000 requests.").format(**named)
