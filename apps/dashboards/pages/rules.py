"""Which task is a request of? A deployment's rules, and what others would change, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from apps.dashboards.forms.rules import Draft, Line
from apps.dashboards.frame import Frame
from apps.dashboards.wording import money
from apps.dashboards.wording.shares import count, share
from apps.dashboards.wording.translate import Names
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

FIELDS = Names(
    {
        ROUTE: gettext_noop("route or model group"),
        MODEL: gettext_noop("planned model"),
        SERVICE: gettext_noop("service"),
        AGENT: gettext_noop("agent"),
        TAG: gettext_noop("tag"),
        OPERATION: gettext_noop("operation"),
        ENVIRONMENT: gettext_noop("environment"),
        TASK: gettext_noop("task that was sent"),
    }
)
MATCHES = Names({EQUALS: gettext_noop("is"), STARTS: gettext_noop("begins with"), CONTAINS: gettext_noop("contains")})
KINDS = Names({TASK: gettext_noop("task"), ROUTE: gettext_noop("route")})
MERGED = Names(
    {
        TASK: gettext_noop("The task “{sent}” is read as “{label}”."),
        ROUTE: gettext_noop("The route “{sent}” is read as “{label}”."),
    }
)
NO_TASK, NO_ROUTE = gettext_lazy("no task"), gettext_lazy("no route")


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
        return _("By what its sender says: there are no rules, so a request that was sent without a task has none.")
    labels, rules = count(len(held.merges), "label"), count(len(held.rules), "rule")
    if not held.rules:
        return _("By what its sender says, with {labels} read as others.").format(labels=labels)
    if held.merges:
        said = ngettext(
            "{rules} says it, the first that matches, after {labels} read as others; where none does, what was sent holds.",
            "{rules} say it, the first that matches, after {labels} read as others; where none does, what was sent holds.",
            len(held.rules),
        )
    else:
        said = ngettext(
            "{rules} says it, the first that matches; where none does, what was sent holds.",
            "{rules} say it, the first that matches; where none does, what was sent holds.",
            len(held.rules),
        )
    return said.format(rules=rules, labels=labels)


def _waits(hours: int) -> str:
    if not hours:
        return ""
    return ngettext(
        "{hours} of history waits to be computed again.", "{hours} of history wait to be computed again.", hours
    ).format(hours=count(hours, "hour"))


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
    merges = [MERGED[one.kind].format(sent=one.sent, label=one.label) for one in held.merges]
    where = _("Where the {field} {matches} “{value}”, the task is “{task}”.")
    rules = [
        where.format(
            field=_("tag {name}").format(name=rule.tag) if rule.field == TAG else FIELDS[rule.field],
            matches=MATCHES[rule.match],
            value=rule.value,
            task=rule.task,
        )
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
                one.route or str(NO_ROUTE),
                one.before or str(NO_TASK),
                one.after or str(NO_TASK),
                count(one.requests, "request"),
            )
            for one in found.moved
        ),
        moved_basis=_moved_basis(found),
    )


def _preview_answer(found: Preview) -> str:
    if not found.requests:
        return _("No request came in this time, so nothing can be tried on them.")
    none = _("every request matches a rule")
    if found.unmatched:
        none = _("no rule matches {requests}").format(requests=count(found.unmatched, "request"))
    if not found.unlabelled:
        return f"{_what_moves(found)}; {none}."
    said = _("{rules}, and {number} of all have no task").format(rules=none, number=count(found.unlabelled))
    return f"{_what_moves(found)}; {said}."


def _what_moves(found: Preview) -> str:
    if not found.changed:
        return _("No request changes its task")
    return ngettext(
        "{requests} of {all} changes its task", "{requests} of {all} change their task", found.changed
    ).format(requests=count(found.changed, "request"), all=count(found.requests))


def _preview_basis(found: Preview) -> str:
    whole = _("The last {hours} of traffic, in every environment, n = {number}.")
    cut = _(
        "The last {hours} of traffic, in every environment, n = {number}; there were too many requests to look at the whole "
        "day."
    )
    read = (whole if found.hours == HOURS else cut).format(
        hours=count(found.hours, "hour"), number=f"{found.requests:,}"
    )
    priced = share(found.priced / found.requests) if found.requests else _("none")
    billed = _("Billed: of requests with a price, {share} of them. Nothing is saved yet.").format(share=priced)
    return f"{read} {billed}"


def _change(one: TaskChange) -> Change:
    return Change(
        task=one.task or str(NO_TASK),
        requests=f"{one.requests:,}",
        requests_after=f"{one.requests_after:,}",
        billed=money.dollars(one.billed_nano),
        billed_after=money.dollars(one.billed_nano_after),
        same=(one.requests, one.billed_nano) == (one.requests_after, one.billed_nano_after),
    )


def _moved_basis(found: Preview) -> str:
    shown = sum(one.requests for one in found.moved)
    if shown == found.changed:
        return _("All requests whose task changes, by the route they are read under.")
    left = count(found.changed - shown, "request")
    return _("The largest of them; {requests} more change in smaller numbers.").format(requests=left)
