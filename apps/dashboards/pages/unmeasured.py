"""What is not measured of deployments, part by part, each with the one change that would measure it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from apps.dashboards.figures.fiveparts import NAMES
from apps.dashboards.frame import Link
from apps.dashboards.pages.advice import NATIVE, OUTCOME, TOKENS, Advice, advice_for
from apps.dashboards.pages.parts import absent_of
from apps.dashboards.queries.list import Listed
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.translate import Names
from apps.rollups import parts as sums
from apps.rollups.sums import RequestSums

COST = gettext_lazy("Token cost and retry overhead")
SETTINGS, PRICES, SOURCE = "settings", "prices", "source"
"""Where a change is made: in the settings, among the prices, or where the requests are sent from."""
MOST_NAMED = 12


@dataclass(frozen=True)
class Change:
    """One part, what would measure it, and where."""

    part: str
    what: str
    where: str


@dataclass(frozen=True)
class Unmeasured:
    """One change for all deployments that it would help; `links` lead to where each makes it."""

    part: str
    change: str
    links: tuple[Link, ...]
    more: str


def unmeasured(found: Sequence[Listed], address: Callable[[str, str], str]) -> tuple[Unmeasured, ...]:
    """`address(name, where)`: of the page on which the change is made. In the order of the parts."""
    advised = cache(advice_for)  # hundreds of deployments report in a few ways
    wanting: dict[Change, dict[str, str]] = {}
    for one in found:
        for change in changes_of(one, advised):
            wanting.setdefault(change, {})[one.slug] = one.name
    order = [str(COST), *NAMES.values()]
    return tuple(
        Unmeasured(
            change.part,
            change.what,
            tuple(Link(names[slug], address(slug, change.where)) for slug in list(names)[:MOST_NAMED]),
            _more(len(names) - MOST_NAMED),
        )
        for change, names in sorted(wanting.items(), key=lambda one: (order.index(one[0].part), -len(one[1])))
    )


def _more(number: int) -> str:
    if number <= 0:
        return ""
    return ngettext("and {number} more", "and {number} more", number).format(number=count(number))


Advised = Callable[[tuple[str, ...], tuple[str, ...]], Advice]


def changes_of(one: Listed, advised: Advised) -> Iterator[Change]:
    """Nothing for a deployment that has yet to send its first trace: its row says so."""
    if one.window is None or not one.window.totals.requests.requests:
        return
    requests, lacks = one.window.totals.requests, absent_of(one.window)
    advice = advised(one.heard.sources, one.heard.dialects) if one.heard else NATIVE
    if sums.TOKEN in lacks:
        yield _cost(requests, advice.attempts)
    if sums.LATENCY in lacks and requests.waiting:
        yield _waiting(requests, advice.delay, advice.overhead)
    if sums.SELECTION in lacks:
        yield Change(NAMES[sums.SELECTION], advice.quality, SOURCE)
    if sums.MAINTENANCE in lacks:
        yield Change(NAMES[sums.MAINTENANCE], _("Declare hours a month and a rate, in Settings."), SETTINGS)


def _cost(requests: RequestSums, attempts: str) -> Change:
    """What is lacking first, in the order in which a cost is split."""
    if not requests.measurable:
        return Change(str(COST), attempts, SOURCE)
    if not requests.outcome_known:
        return Change(str(COST), _(OUTCOME), SOURCE)
    if not requests.served_with_tokens and not requests.priced:
        return Change(str(COST), _(TOKENS), SOURCE)
    return Change(str(COST), _("Enter what its models cost, among the Prices: the list does not know them."), PRICES)


def _waiting(requests: RequestSums, delay: str, overhead: str) -> Change:
    name = NAMES[sums.LATENCY]
    if not requests.waiting_delay_known:
        return Change(name, delay, SOURCE)
    if not requests.waiting_overhead_known:
        return Change(name, overhead, SOURCE)
    return Change(name, _("Declare what 1,000 user-facing requests are worth, in Settings."), SETTINGS)


def short(lacks: Collection[str], *, user_facing: bool) -> list[str]:
    """The names of parts that are not measured, in a word or two."""
    return [_SHORT[kind] for kind in _SHORT if kind in lacks and (user_facing or kind != sums.LATENCY)]


_SHORT = Names(
    {
        sums.LATENCY: gettext_noop("value of waiting"),
        sums.SELECTION: gettext_noop("quality evidence"),
        sums.MAINTENANCE: gettext_noop("maintenance"),
    }
)
