"""The parts of the cost by day or week: a chart, and the same as a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from apps.dashboards.figures.fiveparts import NAMES
from apps.dashboards.figures.plots import Event, Figure, Plot, Series, drawn_with, stacked
from apps.dashboards.forms.money import Asked
from apps.dashboards.pages.parts import is_split
from apps.dashboards.wording import money, times
from apps.dashboards.wording.shares import count
from apps.dashboards.wording.signs import EN_DASH
from apps.rollups.breakdown import Stretch
from apps.rollups.parts import RETRY, TOKEN


@dataclass(frozen=True)
class Column:
    """One day or week; amounts in nano-USD by part, None = not measured. `words` name its days."""

    first: date
    words: str
    amounts: Mapping[str, int | None]


@dataclass(frozen=True)
class OverTime:
    """A chart, and the same as rows."""

    plot: Plot
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    """Days, requests, and each known part with its name."""
    step: str


def over_time(stretches: Sequence[Stretch], asked: Asked, events: Sequence[Event]) -> OverTime:
    name = times.short_day if asked.start.year == asked.end.year else times.day
    columns = [Column(one.first, _days(one, name), _amounts(one)) for one in stretches]
    kinds = [kind for kind in NAMES if any(column.amounts[kind] is not None for column in columns)]
    names = {kind: NAMES[kind] for kind in kinds}
    rows = [
        (
            column.words,
            count(one.sums.requests),
            tuple((names[kind], money.dollars(column.amounts[kind])) for kind in kinds),
        )
        for one, column in zip(stretches, columns, strict=True)
    ]
    return OverTime(
        plot=Plot("cost-over-time", drawn_with(drawn(columns, kinds), events), _said(columns, asked)),
        heads=tuple(names.values()),
        rows=tuple(rows),
        step=asked.step,
    )


def drawn(columns: Sequence[Column], kinds: Sequence[str]) -> Figure:
    """The parts upon each other, in their order; what is not known of a day leaves no bar."""
    days = [column.first for column in columns]
    series = [
        Series(
            NAMES[kind],
            kind,
            [None if (nano := column.amounts[kind]) is None else nano / money.NANO for column in columns],
        )
        for kind in kinds
    ]
    return stacked(days, series, prefix="$")


def _days(one: Stretch, name: Callable[[date], str]) -> str:
    return name(one.first) if one.first == one.last else f"{name(one.first)} {EN_DASH} {name(one.last)}"


def _amounts(one: Stretch) -> dict[str, int | None]:
    """What is not split of a day is not known of it; a day without requests cost nothing but upkeep."""
    found = {part.name: part.nano for part in one.parts}
    if one.sums.requests and not is_split(one.sums):
        found |= {TOKEN: None, RETRY: None}
    return found


def _said(columns: Sequence[Column], asked: Asked) -> str:
    sums = [(column, sum(nano for nano in column.amounts.values() if nano is not None)) for column in columns]
    column, most = max(sums, key=lambda pair: pair[1])
    said = {
        "day": _("The known parts of the cost by day; the most, {amount}, on {when}."),
        "week": _("The known parts of the cost by week; the most, {amount}, on {when}."),
    }[asked.step]
    return said.format(amount=money.dollars(most), when=column.words)
