"""Which task is a request of? A deployment's rules, and what others would change, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.dashboards.forms.rules import Draft, Line
from apps.dashboards.frame import Frame
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, share
from apps.deployments.labels import (
    AGENT,
    CONTAINS,
    ENVIRONMENT,
    EQUALS,
    MODEL,
    OPERATION,
    ROUTE,
    SERVICE,
    STARTS,
    TAG,
    TASK,
    Labels,
)
from apps.rollups.relabelled import HOURS, Preview, TaskChange

FIELDS: Mapping[str, str] = {
    ROUTE: "route or model group",
    MODEL: "planned model",
    SERVICE: "service",
    AGENT: "agent",
    TAG: "tag",
    OPERATION: "operation",
    ENVIRONMENT: "environment",
    TASK: "task that was sent",
}
MATCHES: Mapping[str, str] = {EQUALS: "is", STARTS: "begins with", CONTAINS: "contains"}
KINDS: Mapping[str, str] = {TASK: "task", ROUTE: "route"}
NO_TASK, NO_ROUTE = "no task", "no route"


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class RuleLine:
    """One line of the form; `matches` in words once a preview was asked for."""

    n: int
    number: int
    fields: tuple[Choice, ...]
    tag: str
    how: tuple[Choice, ...]
    value: str
    task: str
    matches: str
    first: bool
    last: bool


@dataclass(frozen=True)
class MergeLine:
    n: int
    number: int
    kinds: tuple[Choice, ...]
    sent: str
    label: str


@dataclass(frozen=True)
class Change:
    task: str
    requests: str
    requests_after: str
    billed: str
    billed_after: str
    same: bool


@dataclass(frozen=True)
class MovedLine:
    route: str
    before: str
    after: str
    requests: str


@dataclass(frozen=True)
class Previewed:
    answer: str
    basis: str
    changes: tuple[Change, ...]
    moved: tuple[MovedLine, ...]
    moved_basis: str


@dataclass(frozen=True)
class RulesPage:
    frame: Frame
    name: str
    answer: str
    waits: str
    rules: tuple[RuleLine, ...]
    merges: tuple[MergeLine, ...]
    declared: tuple[str, ...]
    """The rules that hold, one sentence each, for those who may not change them."""
    errors: tuple[str, ...]
    preview: Previewed | None
    changed: bool
    """Whether the lines are others than those that hold."""
    may_change: bool
    tasks: str
    raw_days: int


def build(
    draft: Draft,
    held: Labels,
    *,
    stale_hours: int,
    errors: Sequence[str],
    previewed: Preview | None,
    **place: object,
) -> RulesPage:
    matches = previewed.matches if previewed and len(previewed.matches) == len(draft.rules) else ()
    return RulesPage(
        **place,  # type: ignore[arg-type]
        answer=_answer(held),
        waits=_waits(stale_hours),
        rules=tuple(
            _rule(n, line, len(draft.rules), count(matches[n], "request") if matches else "")
            for n, line in enumerate(draft.rules)
        ),
        merges=tuple(_merge(n, line) for n, line in enumerate(draft.merges)),
        declared=tuple(_declared(held)),
        errors=tuple(errors),
        preview=_previewed(previewed) if previewed else None,
        changed=draft.labels != held,
    )


def _answer(held: Labels) -> str:
    if held == Labels():
        return "By what its sender says: there are no rules, so a request that was sent without a task has none."
    merges = f", after {count(len(held.merges), 'label')} read as others" if held.merges else ""
    if not held.rules:
        return f"By what its sender says, with {count(len(held.merges), 'label')} read as others."
    number = count(len(held.rules), "rule")
    verb = "says" if len(held.rules) == 1 else "say"
    return f"{number} {verb} it, the first that matches{merges}; where none does, what was sent holds."


def _waits(hours: int) -> str:
    if not hours:
        return ""
    return f"{count(hours, 'hour')} of history {'waits' if hours == 1 else 'wait'} to be computed again."


def _rule(n: int, line: Line, number: int, matches: str) -> RuleLine:
    return RuleLine(
        n=n,
        number=n + 1,
        fields=_choices(FIELDS, line["field"]),
        tag=line["tag"],
        how=_choices(MATCHES, line["match"]),
        value=line["value"],
        task=line["task"],
        matches=matches,
        first=n == 0,
        last=n == number - 1,
    )


def _merge(n: int, line: Line) -> MergeLine:
    return MergeLine(n, n + 1, _choices(KINDS, line["kind"]), line["sent"], line["label"])


def _choices(names: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in names.items())


def _declared(held: Labels) -> Sequence[str]:
    merges = [f"The {KINDS[one.kind]} “{one.sent}” is read as “{one.label}”." for one in held.merges]
    rules = [
        f"Where the {'tag ' + rule.tag if rule.field == TAG else FIELDS[rule.field]} {MATCHES[rule.match]} "
        f"“{rule.value}”, the task is “{rule.task}”."
        for rule in held.rules
    ]
    return [*merges, *rules]


def _previewed(found: Preview) -> Previewed:
    return Previewed(
        answer=_preview_answer(found),
        basis=_preview_basis(found),
        changes=tuple(_change(one) for one in found.tasks),
        moved=tuple(
            MovedLine(
                one.route or NO_ROUTE, one.before or NO_TASK, one.after or NO_TASK, count(one.requests, "request")
            )
            for one in found.moved
        ),
        moved_basis=_moved_basis(found),
    )


def _preview_answer(found: Preview) -> str:
    if not found.requests:
        return "No request came in this time, so nothing can be tried on them."
    moved = "No request changes its task" if not found.changed else (
        f"{count(found.changed, 'request')} of {count(found.requests)} "
        f"{'changes its' if found.changed == 1 else 'change their'} task"
    )  # fmt: skip
    none = f"no rule matches {count(found.unmatched, 'request')}" if found.unmatched else "every request matches a rule"
    left = f", and {count(found.unlabelled)} of all have no task" if found.unlabelled else ""
    return f"{moved}; {none}{left}."


def _preview_basis(found: Preview) -> str:
    cut = "" if found.hours == HOURS else "; there were too many requests to look at the whole day"
    priced = share(found.priced / found.requests) if found.requests else "none"
    return (
        f"The last {count(found.hours, 'hour')} of traffic, in every environment, n = {found.requests:,}{cut}. "
        f"Billed: of requests with a price, {priced} of them. Nothing is saved yet."
    )


def _change(one: TaskChange) -> Change:
    return Change(
        task=one.task or NO_TASK,
        requests=f"{one.requests:,}",
        requests_after=f"{one.requests_after:,}",
        billed=money.dollars(one.billed_nano),
        billed_after=money.dollars(one.billed_nano_after),
        same=(one.requests, one.billed_nano) == (one.requests_after, one.billed_nano_after),
    )


def _moved_basis(found: Preview) -> str:
    shown = sum(one.requests for one in found.moved)
    if shown == found.changed:
        return "All requests whose task changes, by the route they are read under."
    return f"The largest of them; {count(found.changed - shown, 'request')} more change in smaller numbers."
