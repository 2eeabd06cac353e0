"""How are your deployments doing? One row each, in order and in groups, and the sentence above them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.paginator import Page
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from apps.costing.efficiency import BILLING, LATENCY, SCOPES, SELECTION
from apps.dashboards.figures.fiveparts import NAMES
from apps.dashboards.frame import Frame
from apps.dashboards.pages import comparison
from apps.dashboards.pages.comparison import Words
from apps.dashboards.pages.deployments_answer import answer
from apps.dashboards.pages.deployments_order import (
    BY_ENVIRONMENT,
    BY_TAG,
    EFFICIENCY,
    FROM_THE_GREATEST,
    NAME,
    ORDERS,
    PLACE,
    SEEN,
    SORTS,
    TOTAL,
    Asked,
)
from apps.dashboards.pages.deployments_row import Reading, Row, row, standing_of
from apps.dashboards.pages.deployments_shown import Shown, Some
from apps.dashboards.pages.money_table import Head
from apps.dashboards.pages.span import Chooser
from apps.dashboards.pages.unmeasured import Unmeasured, unmeasured
from apps.dashboards.queries.list import Listed, Trends
from apps.dashboards.wording import times
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.translate import Names

_EFFICIENCY = Names(
    {
        BILLING: gettext_noop("Efficiency, billing scope"),
        LATENCY: gettext_noop("Efficiency, latency scope"),
        SELECTION: gettext_noop("Efficiency, selection scope"),
    }
)

_SAYS = Names(
    {
        BILLING: gettext_noop("billing efficiency"),
        LATENCY: gettext_noop("latency efficiency"),
        SELECTION: gettext_noop("selection efficiency"),
    }
)
"""Beside a figure where the table has no heads."""


@dataclass(frozen=True)
class Group:
    """`title` is empty where the list is not grouped."""

    title: str
    note: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class DeploymentsPage:
    frame: Frame
    answer: tuple[Words, ...]
    basis: str
    scope: str
    scope_says: str
    scope_means: str
    groups: tuple[Group, ...]
    pages: Page[Listed]
    any: bool
    """Whether there is a deployment at all, found or not."""
    nothing: str
    """Where none matches, what to do."""
    chooser: Chooser
    asked: Asked
    apart: bool
    """Whether each environment of a deployment stands in a row of its own."""
    sorts: tuple[tuple[str, str], ...]
    turned: str
    """The order that is asked for where it is turned round; empty where it is not."""
    group_choices: tuple[tuple[str, str], ...]
    scope_choices: tuple[tuple[str, str], ...]
    heads: dict[str, Head]
    trend: str
    legend: tuple[tuple[str, str], ...]
    strips: bool
    tails: bool
    """Whether strips are shown, and any of them with its tails."""
    unmeasured: tuple[Unmeasured, ...]
    chargeback: str
    """Where the file is; empty where nothing came."""
    add: str
    """Where to add one; empty for those who may not."""

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(one for group in self.groups for one in group.rows)


@dataclass(frozen=True)
class Places:
    """Addresses: of a deployment's page, of the one that connects it, of where a change is made, of the list itself; of the
    file for chargeback, and of where to add one."""

    page: Callable[[str], str]
    connect: Callable[[str], str]
    change: Callable[[str, str], str]
    here: Callable[..., str]
    chargeback: str
    add: str


def build(
    found: Sequence[Listed],
    shown: Shown,
    trends: Trends,
    *,
    frame: Frame,
    organization: str,
    asked: Asked,
    chooser: Chooser,
    tag_keys: Sequence[str] = (),
    places: Places,
    days: int,
    weeks: tuple[date, date],
    zone: ZoneInfo,
    now: datetime,
) -> DeploymentsPage:
    """`shown`: of what was found, the page that is asked for; `trends`: of its rows, by their place; `weeks`: the first and the
    last day of these; `tag_keys`: that the traffic carries."""
    scope = shown.scope
    reading = Reading(scope, found, trends, zone, now)
    groups = tuple(_group(some, asked, reading, places) for some in shown.groups)
    rows = [one for group in groups for one in group.rows]
    trend = _("Trend: efficiency of complete weeks, {window}, UTC; a week that cannot be measured is a gap.")
    return DeploymentsPage(
        frame=frame,
        answer=answer(found, organization=organization, days=days, zone=zone, now=now),
        basis=_basis(found, shown.matching, scope, frame.window),
        scope=scope,
        scope_says=_SAYS[scope],
        scope_means=comparison.SCOPES[scope],
        groups=groups,
        pages=shown.pages,
        any=bool(found),
        nothing=_nothing(asked.search) if not rows else "",
        chooser=chooser,
        asked=asked,
        apart=asked.group == BY_ENVIRONMENT,
        group_choices=_group_choices(asked, tag_keys),
        scope_choices=(("", _("widest of all")), *((name, comparison.SCOPE_NAMES[name]) for name in SCOPES)),
        sorts=tuple((name, SORTS[name]) for name in SORTS),
        turned=_("{order}, turned round").format(order=ORDERS[asked.by]) if asked.turned else "",
        heads={name: _head(name, title, asked, places.here) for name, title in _titles(scope).items()},
        trend=trend.format(window=times.window(*weeks)),
        legend=tuple((kind, NAMES[kind]) for kind in NAMES if any(_has(one, kind) for one in rows)),
        strips=any(one.strip for one in rows),
        tails=any(one.strip and one.strip.wide for one in rows),
        unmeasured=unmeasured(shown.matching, places.change),
        chargeback=places.chargeback if any(one.window for one in found) else "",
        add=places.add,
    )


def _nothing(word: str) -> str:
    return _("No deployment has “{word}” in its name.").format(word=word) if word else ""


def _titles(scope: str) -> dict[str, str]:
    return {
        NAME: _("Deployment"),
        TOTAL: _("Per 1,000 requests"),
        EFFICIENCY: _EFFICIENCY[scope],
        PLACE: _("Against the median"),
        SEEN: _("Last seen"),
    }


def _group_choices(asked: Asked, tag_keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What stands in the address, and how it reads; a key that is asked for is offered though nothing carries it now."""
    keys = dict.fromkeys([*tag_keys, *([asked.tag_key] if asked.tag_key else [])])
    tags = ((f"{BY_TAG}{key}", _("tag {key}").format(key=key)) for key in keys)
    return (("", _("nothing")), (BY_ENVIRONMENT, _("environment")), *tags)


def _head(name: str, title: str, asked: Asked, here: Callable[..., str]) -> Head:
    """Leads to the list in this order, and from there to the same turned round."""
    sorted_by = name == asked.by
    descending = (name in FROM_THE_GREATEST) != asked.turned
    turned = sorted_by and not asked.turned
    state = ("descending" if descending else "ascending") if sorted_by else "none"
    return Head(title, here(sort=f"-{name}" if turned else None if name == NAME else name), state)


def _group(some: Some, asked: Asked, reading: Reading, places: Places) -> Group:
    rows = tuple(row(one, reading, page=places.page(one.slug), connect=places.connect(one.slug)) for one in some.rows)
    if not asked.group:
        return Group("", "", rows)
    title = _("No request in these days") if some.name is None else some.name or _without(asked)
    note = count(some.size, "deployment") + (f", {count(some.requests, 'request')}" if some.requests else "")
    return Group(title, note, rows)


def _without(asked: Asked) -> str:
    return _("no {tag}").format(tag=asked.tag_key) if asked.tag_key else _("no environment told")


def _has(one: Row, kind: str) -> bool:
    return one.bar is not None and any(segment.kind == kind for segment in one.bar.segments)


def _basis(found: Sequence[Listed], chosen: Sequence[Listed], scope: str, window: str) -> str:
    names, shown = ({one.slug for one in some} for some in (found, chosen))
    dollars = _("{window}. Dollars by your own settings; efficiency and places under the published assumptions.")
    said = [dollars.format(window=window)]
    compared = next((each for one in found if (each := standing_of(one, scope)) and each.week), None)
    if compared is not None:
        who = f", {comparison.cohort(compared)}" if compared.stratum is not None else ""
        said.append(_("Places: production, {week}.").format(week=f"{comparison.frozen(compared)}{who}"))
    if len(shown) < len(names):
        some = _("Found: {number} of {deployments}.")
        said.append(some.format(number=len(shown), deployments=count(len(names), "deployment")))
    return " ".join(said)
