"""Where a value stands, in bands: a pure function of the value and of what is shown, so it tells no more than that."""

from dataclasses import dataclass
from enum import StrEnum

from apps.benchmarks.disclosure.view import View
from apps.benchmarks.disclosure.yardsticks import Yardstick


class Place(StrEnum):
    """Best first. `MEDIAN`: the value rounds to the median itself."""

    BEST_TENTH = "best_tenth"
    BEST_QUARTER = "best_quarter"
    BETTER = "better"
    MEDIAN = "median"
    WORSE = "worse"
    WORST_QUARTER = "worst_quarter"
    WORST_TENTH = "worst_tenth"


_PHRASES = {
    Place.BEST_TENTH: "in the {words.best} tenth of peers",
    Place.BEST_QUARTER: "in the {words.best} quarter of peers",
    Place.BETTER: "{words.better} than the median",
    Place.MEDIAN: "at the median",
    Place.WORSE: "{words.worse} than the median",
    Place.WORST_QUARTER: "in the {words.worst} quarter of peers",
    Place.WORST_TENTH: "in the {words.worst} tenth of peers",
}


@dataclass(frozen=True)
class Verdict:
    place: Place
    words: str
    """To follow "you are": "in the best quarter of peers", "dearer than the median"."""
    within_interval: bool | None
    """Whether the value lies inside the interval of the median: too near to tell; None without an interval."""


def judge(value: float, shown: View, yardstick: Yardstick) -> Verdict | None:
    """None where no median is shown."""
    if shown.median is None:
        return None
    place = _place(yardstick.grid.clip(value), shown.median, shown, yardstick)
    return Verdict(place, say(place, yardstick), _within(value, shown))


def say(place: Place, yardstick: Yardstick) -> str:
    return _PHRASES[place].format(words=yardstick.words)


def _place(value: float, median: float, shown: View, yardstick: Yardstick) -> Place:
    table = shown.table
    if yardstick.grid.nearest(value, coarseness=shown.coarseness) == median:
        return Place.MEDIAN
    if yardstick.better(value, median):
        tenth, quarter = (table.p90, table.p75) if yardstick.higher_is_better else (table.p10, table.p25)
        if tenth is not None and not yardstick.better(tenth, value):
            return Place.BEST_TENTH
        return Place.BEST_QUARTER if quarter is not None and not yardstick.better(quarter, value) else Place.BETTER
    tenth, quarter = (table.p10, table.p25) if yardstick.higher_is_better else (table.p90, table.p75)
    if tenth is not None and not yardstick.better(value, tenth):
        return Place.WORST_TENTH
    return Place.WORST_QUARTER if quarter is not None and not yardstick.better(value, quarter) else Place.WORSE


def _within(value: float, shown: View) -> bool | None:
    low, high = shown.table.interval_low, shown.table.interval_high
    return None if low is None or high is None else low <= value <= high
