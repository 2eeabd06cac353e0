"""In which order deployments stand in the list, which of them, and in which groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop as _

from apps.benchmarks.disclosure.verdict import Place
from apps.costing.efficiency import SCOPES, Efficiency
from apps.dashboards.pages.parts import per_thousand, sum_of
from apps.dashboards.queries.list import Listed
from apps.dashboards.wording.translate import Names
from apps.rollups.parts import TOKEN

NAME, TOTAL, EFFICIENCY, PLACE, SEEN = "name", "total", "efficiency", "place", "seen"
SORTS = Names(
    {
        NAME: _("name"),
        TOTAL: _("total per 1,000, dearest first"),
        EFFICIENCY: _("efficiency, highest first"),
        PLACE: _("place, best first"),
        SEEN: _("last seen, latest first"),
    }
)
"""Each with how it begins; with a `-` before it, it is turned round."""
ORDERS = Names({NAME: _("name"), TOTAL: _("total"), EFFICIENCY: _("efficiency"), PLACE: _("place"), SEEN: _("seen")})
"""The same in a word."""
FROM_THE_GREATEST = (TOTAL, EFFICIENCY, SEEN)
BY_ENVIRONMENT = "environment"
BY_TAG = "tag:"
"""With the key of a tag behind it."""
LONGEST = 120
_PLACES = list(Place)


@dataclass(frozen=True)
class Asked:
    """What the address says of the list: a word to look for, an order, by what it is grouped (empty: by nothing), a scope."""

    search: str = ""
    sort: str = NAME
    group: str = ""
    scope: str = ""
    """Of the efficiency; empty: the widest that all rows have."""
    page: str = ""

    @property
    def by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def tag_key(self) -> str:
        """By which tag it is grouped; empty: by none."""
        return self.group.removeprefix(BY_TAG) if self.group.startswith(BY_TAG) else ""

    @property
    def turned(self) -> bool:
        return self.sort.startswith("-")


def asked(query: Mapping[str, str]) -> Asked:
    """What is none of the choices means the usual: an address that was mistyped shows the list all the same."""
    sort, group, scope = query.get("sort", NAME), query.get("group", ""), query.get("scope", "")
    return Asked(
        search=query.get("q", "").strip()[:LONGEST],
        sort=sort if sort.removeprefix("-") in SORTS else NAME,
        group=group if group == BY_ENVIRONMENT or _names_a_tag(group) else "",
        scope=scope if scope in SCOPES else "",
        page=query.get("page", ""),
    )


def _names_a_tag(group: str) -> bool:
    return group.startswith(BY_TAG) and len(BY_TAG) < len(group) <= len(BY_TAG) + LONGEST


def matching(found: Sequence[Listed], search: str) -> list[Listed]:
    """Those with the word in a name, however it is written."""
    word = search.casefold()
    return [one for one in found if word in one.name.casefold() or word in one.slug]


def ordered(found: Sequence[Listed], asked: Asked, scope: str) -> list[Listed]:
    """What is not known comes last, whichever way round; alike ones by their name."""
    told = [(_VALUES[asked.by](one, scope), one) for one in sorted(found, key=_name)]
    known = [(value, one) for value, one in told if value is not None]
    backwards = (asked.by in FROM_THE_GREATEST) != asked.turned
    known.sort(key=lambda pair: pair[0], reverse=backwards)
    return [*(one for _, one in known), *(one for value, one in told if value is None)]


def grouped(found: Sequence[Listed], asked: Asked) -> list[tuple[str | None, list[Listed]]]:
    """By name of the group, the one with the most requests first; None for what nothing came of. One group if by nothing."""
    if not asked.group:
        return [("", list(found))]
    groups: dict[str | None, list[Listed]] = {}
    for one in found:
        groups.setdefault(_group_of(one, asked), []).append(one)
    return sorted(
        groups.items(), key=lambda group: (group[0] is None, -sum(map(requests_of, group[1])), group[0] or "")
    )


def _group_of(one: Listed, asked: Asked) -> str | None:
    if not asked.tag_key:
        return one.environment
    return one.tag if requests_of(one) else None


def efficiency_of(one: Listed, scope: str) -> Efficiency | None:
    return next((each for each in one.window.efficiencies if each.scope == scope), None) if one.window else None


def total_of(one: Listed) -> int | None:
    """Nano-USD for a thousand requests, of the parts that are known."""
    amounts = per_thousand(one.window) if one.window else {}
    return sum_of(amounts) if amounts.get(TOKEN) is not None else None


def _efficiency(one: Listed, scope: str) -> float | None:
    found = efficiency_of(one, scope)
    return found.value if found else None


def _place(one: Listed, scope: str) -> tuple[int, float] | None:
    """The band that may be told, and within it the own value, which is nobody else's."""
    standing = one.standings.get(f"efficiency_{scope}")
    if standing is None or standing.verdict is None or standing.own is None:
        return None
    return _PLACES.index(standing.verdict.place), -standing.own


def _seen(one: Listed, scope: str) -> float | None:  # noqa: ARG001
    return one.last_seen.timestamp() if one.last_seen else None


def _name(one: Listed) -> str:
    return one.name.casefold()


_VALUES: Mapping[str, Callable[[Listed, str], Any]] = MappingProxyType(
    {
        NAME: lambda one, _: _name(one),
        TOTAL: lambda one, _: total_of(one),
        EFFICIENCY: _efficiency,
        PLACE: _place,
        SEEN: _seen,
    }
)


def requests_of(one: Listed) -> int:
    return one.window.totals.requests.requests if one.window else 0
