"""The cohort behind the curve of good choices: what the published tables show of it, week by week, or why nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from apps.benchmarks.queries import NOT_ENOUGH_PEERS, NOT_MEASURABLE, ShownWeek, Standing
from apps.benchmarks.weeks import Week
from apps.dashboards.figures.decay import PeerWeek
from apps.dashboards.pages import comparison, missing
from apps.dashboards.queries.decay import Decayed
from apps.dashboards.wording import ranges, times
from apps.dashboards.wording.shares import share

DAY = timedelta(days=1)


@dataclass(frozen=True)
class PeerLine:
    """A frozen week as a row of a table; `half` is empty where there are too few peers for it."""

    window: str
    median: str
    half: str
    number: str


def weeks_drawn(shown: Iterable[ShownWeek], since: date) -> list[PeerWeek]:
    """To draw: a week's table over its own days, and over all four of its weeks where none was shown before."""
    drawn: list[PeerWeek] = []
    for one in _since(shown, since):
        table, week = one.shown.table, one.week
        low, high = (None if value is None else 100 * value for value in (table.p25, table.p75))
        first = max([week.first_day, *(each.last + DAY for each in drawn[-1:])])
        drawn.append(PeerWeek(first, week.last_day, 100 * (one.shown.median or 0.0), low, high))
    return drawn


def peer_lines(found: Decayed, since: date) -> tuple[PeerLine, ...]:
    """The same as rows, the last week first."""
    return tuple(
        PeerLine(
            times.window(one.week.first_day, one.week.last_day),
            share(one.shown.median),
            _half(one),
            comparison.band(one.shown.table.peers),
        )
        for one in reversed([*_since(found.band, since)])
    )


def peers(found: Decayed, since: date) -> str:
    """Of the last frozen week, in the words of every other page; or why there is nothing to show of it since this day."""
    standing = found.peers
    if standing.shown.median is None:
        return _no_band(standing, [one.week for one in _since(found.band, since)])
    table = standing.shown.table
    said = (
        _("Peers: median {median}, each organization by its own thresholds and prices; {week}, cohort: {cohort}.")
        if table.p25 is None
        else _(
            "Peers: median {median}, the middle half {half}, each organization by its own thresholds and prices; {week}, "
            "cohort: {cohort}."
        )
    )
    return said.format(
        median=share(table.median),
        half=ranges.ends(share(table.p25), share(table.p75)),
        week=comparison.frozen(standing),
        cohort=comparison.cohort(standing),
    )


def _no_band(standing: Standing, drawn: Sequence[Week]) -> str:
    """`drawn`: the weeks that have a band all the same."""
    # Whoever has no figure of its own would still see a table: only what keeps that from being shown is told.
    few = standing.missing in (NOT_MEASURABLE, NOT_ENOUGH_PEERS)
    why = _("not enough peers yet") if few else missing.reason(standing)
    if not drawn:
        said = _("No band of peers: {why}.")
    elif standing.week in drawn:
        said = _("This deployment was not compared with its peers in the last frozen week: {why}.")
    else:
        said = _("No band for the last frozen week: {why}.")
    return said.format(why=why)


def _since(shown: Iterable[ShownWeek], since: date) -> Iterator[ShownWeek]:
    return (one for one in shown if one.week.last_day >= since)


def _half(one: ShownWeek) -> str:
    table = one.shown.table
    return "" if table.p25 is None or table.p75 is None else ranges.ends(share(table.p25), share(table.p75))
