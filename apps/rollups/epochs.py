"""Since when the rules of a deployment are what they are: policy epochs, out of day cells and of what was declared. Pure.

Three sources, the surer first. **Declared**: a mark of the kind policy, by hand or by a deploy. **Sent**: the policy that
most requests name becomes another, for two days with requests in a row. **Inferred**: the leading planned model of a task
becomes another: on three days in a row, each with 30 requests of the task, it has 60 % of them, while it had at most 40 %
in the seven such days before; the task is at least 5 % of those days' requests. A weekend on another model, a canary, a
failover or a rare task begins no epoch. What happens within three days of a surer sign is the same event, told once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from apps.rollups.labels import OTHER

SENT_DAYS = 2
INFERRED_DAYS = 3
LOOK_BACK = 7
FEWEST_BEFORE = 3
SOLID = 30
LEADS, LED = 0.6, 0.4
SHARE_OF_ALL = 0.05
SAME = timedelta(days=3)
NOON = time(12)


class Basis(StrEnum):
    DECLARED = "declared"
    SENT = "sent"
    INFERRED = "inferred"
    FIRST_SEEN = "first_seen"
    """The first day with requests: nobody knows how old the rules were."""


@dataclass(frozen=True)
class Planned:
    """Requests of a day, by what they say and by the model planned for them; empty: not told."""

    day: date
    task: str
    model: str
    policy: str
    requests: int


@dataclass(frozen=True)
class Declared:
    at: datetime
    label: str


@dataclass(frozen=True)
class Moved:
    """A task's requests went from one model to another, and those of `more` tasks to others."""

    task: str
    before: str
    after: str
    more: int = 0

    def __str__(self) -> str:
        return f"{self.task} from {self.before} to {self.after}" + (f" and {self.more} more" if self.more else "")


@dataclass(frozen=True)
class Epoch:
    """`first` day in UTC; `end`: the day before the next epoch's first, None for the last one."""

    first: date
    basis: Basis
    label: str
    end: date | None = None
    moved: Moved | None = field(default=None, compare=False)
    """Of inferred ones, what `label` says."""

    def has(self, day: date) -> bool:
        return self.first <= day and (self.end is None or day <= self.end)


def epochs(planned: Iterable[Planned], declared: Iterable[Declared]) -> tuple[Epoch, ...]:
    """In order, without gaps, the first from the first day with requests on or from when its rules were declared."""
    rows = sorted(planned, key=lambda one: one.day)
    if not rows:
        return ()
    begun = rows[0].day
    told = _declared(declared)
    sent = list(_apart(_sent(rows), told))
    known = sorted([*told, *sent, *_apart(_merged(_inferred(rows)), [*told, *sent])], key=lambda one: one.first)
    before = [one for one in known if one.first <= begun]
    first = before[-1] if before else Epoch(begun, Basis.FIRST_SEEN, _leader(_policies(rows)[begun]) or "")
    return _ended([first, *(one for one in known if one.first > begun)])


def first_day(at: datetime) -> date:
    """The first day that most of is under rules declared at a moment."""
    utc = at.astimezone(UTC)
    return utc.date() if utc.time() < NOON else utc.date() + timedelta(days=1)


def _declared(declared: Iterable[Declared]) -> list[Epoch]:
    """One a day: the last that was said of it."""
    days = {first_day(one.at): one.label for one in sorted(declared, key=lambda one: one.at)}
    return [Epoch(day, Basis.DECLARED, label) for day, label in sorted(days.items())]


def _policies(rows: Sequence[Planned]) -> Mapping[date, Counter[str]]:
    days: dict[date, Counter[str]] = {}
    for one in rows:
        days.setdefault(one.day, Counter())[one.policy] += one.requests
    return days


def _leader(counts: Counter[str]) -> str | None:
    """The policy that more than half of the requests name; None where there is no such."""
    name, most = counts.most_common(1)[0]
    return name if name and name != OTHER and 2 * most > counts.total() else None


def _sent(rows: Sequence[Planned]) -> Iterator[Epoch]:
    days = [(day, _leader(counts)) for day, counts in sorted(_policies(rows).items())]
    current = days[0][1]
    for n, (day, leader) in enumerate(days):
        run = [name for _, name in days[n : n + SENT_DAYS]]
        if leader is not None and leader != current and run == [leader] * SENT_DAYS:
            current = leader
            yield Epoch(day, Basis.SENT, leader)


def _inferred(rows: Sequence[Planned]) -> list[Epoch]:
    tasks: dict[str, dict[date, Counter[str]]] = {}
    whole: Counter[date] = Counter()
    for one in rows:
        whole[one.day] += one.requests
        if one.task and one.task != OTHER and one.model:
            tasks.setdefault(one.task, {}).setdefault(one.day, Counter())[one.model] += one.requests
    found = [epoch for task, days in tasks.items() for epoch in _changes(task, days, whole)]
    return sorted(found, key=lambda one: (one.first, one.label))


def _changes(task: str, days: Mapping[date, Counter[str]], whole: Mapping[date, int]) -> Iterator[Epoch]:
    solid = [(day, counts) for day, counts in sorted(days.items()) if counts.total() >= SOLID]
    since = 0
    for n in range(len(solid)):
        before = solid[max(since, n - LOOK_BACK) : n]
        after = solid[n : n + INFERRED_DAYS]
        if len(before) < FEWEST_BEFORE or len(after) < INFERRED_DAYS:
            continue
        earlier = sum((counts for _, counts in before), Counter[str]())
        model = after[0][1].most_common(1)[0][0]
        of_all = sum(counts.total() for _, counts in after) / sum(whole[day] for day, _ in after)
        leads = all(counts[model] >= LEADS * counts.total() for _, counts in after)
        if leads and earlier[model] <= LED * earlier.total() and of_all >= SHARE_OF_ALL:
            since = n
            moved = Moved(task, earlier.most_common(1)[0][0], model)
            yield Epoch(solid[n][0], Basis.INFERRED, str(moved), moved=moved)


def _merged(found: Sequence[Epoch]) -> Iterator[Epoch]:
    """Changes of several tasks within three days are one."""
    groups: list[list[Epoch]] = []
    for one in found:
        if groups and one.first - groups[-1][0].first <= SAME:
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        moved = group[0].moved and replace(group[0].moved, more=len(group) - 1)
        yield replace(group[0], label=str(moved), moved=moved)


def _apart(found: Iterable[Epoch], surer: Sequence[Epoch]) -> Iterator[Epoch]:
    """Those that no surer sign tells already."""
    return (one for one in found if all(abs(one.first - other.first) > SAME for other in surer))


def _ended(found: Sequence[Epoch]) -> tuple[Epoch, ...]:
    ended = [replace(one, end=after.first - timedelta(days=1)) for one, after in pairwise(found)]
    return (*ended, *found[-1:])
