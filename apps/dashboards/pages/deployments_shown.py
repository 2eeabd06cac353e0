"""Which rows of the list stand on the page that is asked for, in their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator

from apps.costing.efficiency import BILLING, SCOPES
from apps.dashboards.pages.deployments_order import Asked, grouped, matching, ordered, requests_of
from apps.dashboards.queries.list import Listed

A_PAGE = 25


@dataclass(frozen=True)
class Some:
    """The rows of a group that stand on the page; `size` and `requests` are of the whole group. `name` as in `grouped`."""

    name: str | None
    rows: tuple[Listed, ...]
    size: int
    requests: int


@dataclass(frozen=True)
class Shown:
    scope: str
    matching: Sequence[Listed]
    """All that match, on whichever page."""
    groups: tuple[Some, ...]
    pages: Page[Listed]

    @property
    def rows(self) -> tuple[Listed, ...]:
        return tuple(self.pages.object_list)


def shown(found: Sequence[Listed], asked: Asked) -> Shown:
    """A page that there is not means the nearest that there is."""
    scope = asked.scope or scope_of(found)
    groups = grouped(ordered(matching(found, asked.search), asked, scope), asked)
    in_order = [(n, one) for n, (_, rows) in enumerate(groups) for one in rows]
    pages = Paginator([one for _, one in in_order], A_PAGE).get_page(asked.page)
    first = (pages.number - 1) * A_PAGE
    on_page = groupby(in_order[first : first + A_PAGE], key=lambda pair: pair[0])
    return Shown(
        scope=scope,
        matching=[one for _, one in in_order],
        groups=tuple(_some(groups[n], [one for _, one in pairs]) for n, pairs in on_page),
        pages=pages,
    )


def scope_of(found: Sequence[Listed]) -> str:
    """The widest scope that every deployment with an efficiency has: scopes are not mixed in one list."""
    headlines = [one.window.headline for one in found if one.window]
    scopes = [headline.scope for headline in headlines if headline]
    return min(scopes, key=SCOPES.index, default=BILLING)


def _some(group: tuple[str | None, Sequence[Listed]], rows: Sequence[Listed]) -> Some:
    name, whole = group
    return Some(name, tuple(rows), len(whole), sum(map(requests_of, whole)))
