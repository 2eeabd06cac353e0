"""The fixes worth most, in words, each with the requests behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.advice.fixes import FLOOR, MOVE, Fix
from apps.advice.stored import Advice
from apps.dashboards.pages.behind import Behind
from apps.dashboards.queries.span import Span
from apps.dashboards.wording import ranges, times
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.shares import count, share
from apps.rollups.queries import PRODUCTION

SHOWN = 3


@dataclass(frozen=True)
class ShownFix:
    """`what` is the deed, `saves` the dollars a month, `why` the evidence; addresses may be empty."""

    what: str
    saves: str
    why: str
    requests: str
    what_if: str


@dataclass(frozen=True)
class FixesSection:
    """For templates/dashboards/fixes.html."""

    fixes: tuple[ShownFix, ...]
    none: str
    """Why there are none; empty where there are some."""
    basis: str
    ask: str
    """The page What if?"""


def fixes_section(found: Advice | None, *, requests: str, what_if: str, zone: ZoneInfo) -> FixesSection:
    """`requests` and `what_if` are the addresses of these pages."""
    if found is None:
        none = _("Not computed yet: that is done every few hours, once there are requests.")
        return FixesSection((), none, "", what_if)
    behind = Behind(requests, Span(found.first, found.last, PRODUCTION), zone)
    shown = tuple(_shown(one, behind, what_if) for one in found.fixes[:SHOWN])
    return FixesSection(shown, "" if shown else _none(found), _basis(found, zone), what_if)


def said(fix: Fix) -> str:
    """The deed."""
    if fix.kind == MOVE and fix.to is not None:
        return _("Send {task} to {model}").format(task=fix.task, model=fix.to.written)
    said = (
        _("End what fails on the route {route}: {cause}")
        if fix.route
        else _("End what fails on requests without a route: {cause}")
    )
    return said.format(route=fix.route, cause=CAUSES.get(fix.cause) or _("another error"))


def _shown(fix: Fix, behind: Behind, what_if: str) -> ShownFix:
    is_move = fix.kind == MOVE and fix.to is not None
    filters = {"task": fix.task} if is_move else _of_failures(fix)
    asked = {"change": "move", "task": fix.task, "to": fix.to.written} if is_move and fix.to else {}
    return ShownFix(
        what=said(fix),
        saves=_("{dollars} a month").format(dollars=ranges.dollars(fix.saves.low, fix.saves.high)),
        why=_why(fix),
        requests=behind.at(**filters),
        what_if=f"{what_if}?{urlencode(asked)}" if asked else "",
    )


def _of_failures(fix: Fix) -> dict[str, str]:
    return {"outcome": "served", "cause": fix.cause, **({"route": fix.route} if fix.route else {})}


def _why(fix: Fix) -> str:
    if fix.kind == MOVE:
        said = (
            _("{requests} a month; evidence n = {evidence}")
            if fix.quality is None
            else _("{requests} a month, at {part} of today’s quality; evidence n = {evidence}")
        )
        part = share(fix.quality, decimals=0)
        return said.format(requests=count(fix.requests, "request"), part=part, evidence=count(fix.evidence))
    return _("{attempts} a month before {answers}: what they and the fallbacks after them cost beyond plan").format(
        attempts=count(fix.attempts, "failed attempt"), answers=count(fix.requests, "answer")
    )


def _none(found: Advice) -> str:
    said = (
        _(
            "Nothing surely saves more than {part} of the bill: {tasks} with evidence of two models or more, none of which "
            "would surely cost less elsewhere; failures cost less."
        )
        if found.tasks
        else _(
            "Nothing surely saves more than {part} of the bill: no task has quality evidence of two models or more; "
            "failures cost less."
        )
    )
    return said.format(part=share(float(FLOOR), decimals=0), tasks=count(found.tasks, "task"))


def _basis(found: Advice, zone: ZoneInfo) -> str:
    read = "" if found.hours == found.of_hours else _("Read: {part} of {hours}.") + " "
    return _(
        "{window}, UTC, {environment}; your own data, no cohort; computed {moment}. {read}Sorted by the low end of what each "
        "saves; tokenizers, answer lengths and caches make the range. They are computed one by one: two of them together may "
        "save less. What better caching would save is not among them: prompts are not kept, so nobody can say how much of "
        "them repeats."
    ).format(
        window=times.window(found.first, found.last),
        environment=PRODUCTION,
        moment=times.stamp(found.computed_at, zone),
        read=read.format(part=count(found.hours), hours=count(found.of_hours, "hour")),
    )
