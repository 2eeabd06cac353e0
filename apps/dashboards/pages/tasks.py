"""How good must an answer be? Tasks with their thresholds, and who reaches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

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

NOT_SAID = "not in the public taxonomy"


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
        return "No request of these days has a task, so no model can be held against another: begin with the rules."
    compared = sum(len(one.servers) > 1 for one in tasks)
    own = sum(one.name in found.thresholds for one in tasks)
    whose = f"{own} of them by your own threshold" if own else f"all at 95{NBSP}% of the best candidate"
    if not compared:
        return f"Not measured: none of your {count(len(told), 'task')} has two models with evidence of quality."
    return f"{compared} of your {count(len(told), 'task')} can be judged, {whose}."


def _basis(found: Serves) -> str:
    measured = sum(one.served for one in found.tasks if len(one.servers) > 1)
    coverage = share(measured / found.served) if found.served else share(None)
    return (
        f"{words(found.span)}, n = {found.served:,} served requests; coverage: {coverage} of them are of a task where two "
        f"models have evidence and a price. Evidence as of {times.day(found.known_on)}; prices of now, at your terms."
    )


def _task(task: Task, found: Serves, kinds: Mapping[str, str], url: str, now: datetime, *, here: bool) -> TaskRows:
    return TaskRows(
        name=task.name,
        kind=public_task(task.name, kinds) or NOT_SAID,
        threshold=f"{task.threshold:.3f}",
        whose="set by you" if task.name in found.thresholds else f"95{NBSP}% of the best",
        requests=count(task.served, "request"),
        rows=tuple(_candidate(one, task, found.seen[task.name, one.model], now) for one in task.servers),
        url=url,
        here=here,
    )


def _candidate(one: Server, task: Task, seen: Seen, now: datetime) -> Candidate:
    return Candidate(
        model=one.model,
        provider=one.provider or "its maker's price",
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
        "28 days before" if seen.own else "",
        f"replayed {times.ago(seen.replayed_at, now=now)}" if seen.replayed_at else "",
        "the pool of the last frozen week" if seen.pooled else "",
    ]
    return ", ".join(part for part in parts if part)


def _verdict(one: Server, task: Task) -> str:
    if len(task.servers) < 2:
        return "nothing to compare with"
    if one is task.winner:
        return "eligible, the cheapest"
    return "eligible" if one.eligible else "under the threshold"


def _unmeasured(
    found: Serves, known: Mapping[str, Task], kinds: Mapping[str, str], urls: Mapping[str, str]
) -> list[Unmeasured]:
    without = ((task, sums) for task, sums in found.sums.items() if task not in known)
    return [
        Unmeasured(
            task=task or "no task",
            kind=(public_task(task, kinds) or NOT_SAID) if task else "name it by a rule",
            requests=f"{sums.requests:,}",
            scored=f"{count(sums.scored)} scored; {FEWEST} of each of two models are needed",
            url=urls.get(task, ""),
        )
        for task, sums in sorted(without, key=lambda one: (-one[1].requests, one[0]))
    ]


def _would(task: Task, micro: int | None) -> Would:
    after = with_threshold(task, micro)
    before, then = ({one.model for one in each.servers if one.eligible} for each in (task, after))
    lines = [
        *(f"{model} becomes eligible." for model in sorted(then - before)),
        *(f"{model} is no longer eligible." for model in sorted(before - then)),
    ]
    lines += [_cheapest(task.winner, after.winner)]
    asked = f"A threshold of {after.threshold:.3f} in the place of {task.threshold:.3f}"
    changed = "nobody becomes eligible or ceases to be" if before == then else (
        f"{count(len(then), 'model')} of {len(task.servers)} eligible, {len(before)} now"
    )  # fmt: skip
    return Would(f"{asked}: {changed}. Nothing is saved yet.", tuple(lines))


def _cheapest(now: Server | None, then: Server | None) -> str:
    if then is None:
        return "No model would be good enough: every request of the task would count as under quality."
    price = f"{then.model}, {money.dollars(then.price_nano)} for 1,000 requests"
    if now is None or now.model != then.model:
        before = f", where it was {now.model} at {money.dollars(now.price_nano)}" if now else ""
        return f"The cheapest eligible model would be {price}{before}."
    return f"The cheapest eligible model stays {price}."
