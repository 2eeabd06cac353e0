"""The fixes worth most, in words, each with the requests behind it."""

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

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
        none = "Not computed yet: that is done every few hours, once there are requests."
        return FixesSection((), none, "", what_if)
    behind = Behind(requests, Span(found.first, found.last, PRODUCTION), zone)
    shown = tuple(_shown(one, behind, what_if) for one in found.fixes[:SHOWN])
    return FixesSection(shown, "" if shown else _none(found), _basis(found, zone), what_if)


def said(fix: Fix) -> str:
    """The deed."""
    if fix.kind == MOVE and fix.to is not None:
        return f"Send {fix.task} to {fix.to.written}"
    where = f"on the route {fix.route}" if fix.route else "on requests without a route"
    return f"End what fails {where}: {CAUSES.get(fix.cause, 'another error')}"


def _shown(fix: Fix, behind: Behind, what_if: str) -> ShownFix:
    is_move = fix.kind == MOVE and fix.to is not None
    filters = {"task": fix.task} if is_move else _of_failures(fix)
    asked = {"change": "move", "task": fix.task, "to": fix.to.written} if is_move and fix.to else {}
    return ShownFix(
        what=said(fix),
        saves=f"{ranges.dollars(fix.saves.low, fix.saves.high)} a month",
        why=_why(fix),
        requests=behind.at(**filters),
        what_if=f"{what_if}?{urlencode(asked)}" if asked else "",
    )


def _of_failures(fix: Fix) -> dict[str, str]:
    return {"outcome": "served", "cause": fix.cause, **({"route": fix.route} if fix.route else {})}


def _why(fix: Fix) -> str:
    if fix.kind == MOVE:
        at = "" if fix.quality is None else f", at {share(fix.quality, decimals=0)} of today\u2019s quality"
        return f"{count(fix.requests, 'request')} a month{at}; evidence n = {count(fix.evidence)}"
    again = count(fix.attempts, "failed attempt")
    return f"{again} a month before {count(fix.requests, 'answer')}: what they and the fallbacks after them cost beyond plan"


def _none(found: Advice) -> str:
    measured = (
        f"{count(found.tasks, 'task')} with evidence of two models or more, none of which would surely cost less elsewhere"
        if found.tasks
        else "no task has quality evidence of two models or more"
    )
    return (
        f"Nothing surely saves more than {share(float(FLOOR), decimals=0)} of the bill: {measured}; failures cost less."
    )


def _basis(found: Advice, zone: ZoneInfo) -> str:
    read = "" if found.hours == found.of_hours else f" Read: {count(found.hours)} of {count(found.of_hours, 'hour')}."
    return (
        f"{times.window(found.first, found.last)}, UTC, {PRODUCTION}; your own data, no cohort; computed "
        f"{times.stamp(found.computed_at, zone)}.{read} Sorted by the low end of what each saves; tokenizers, answer lengths "
        "and caches make the range. They are computed one by one: two of them together may save less. What better caching "
        "would save is not among them: prompts are not kept, so nobody can say how much of them repeats."
    )
