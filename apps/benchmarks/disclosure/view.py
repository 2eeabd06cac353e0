"""What one viewer is shown of a published table: a function of the table and of the band of the viewer's own others."""

from dataclasses import dataclass, replace

from apps.benchmarks.disclosure.peers import BANDS, Level, level_of_band
from apps.benchmarks.disclosure.policy import POLICY, Policy
from apps.benchmarks.disclosure.table import Table


@dataclass(frozen=True)
class View:
    """The shown part of a table; at Level.NOTHING every figure is None."""

    level: Level
    table: Table
    coarseness: int = 1
    """Steps of the grid in which the median is told."""

    @property
    def median(self) -> float | None:
        return self.table.median


NOT_ENOUGH = View(Level.NOTHING, Table(peers=""))


def view(table: Table, others: str, *, policy: Policy = POLICY) -> View:
    """`others`: the band of the viewer's count, never above the table's own. The band shown is the viewer's."""
    told = min(others, table.peers, key=BANDS.index)
    match level_of_band(told, policy=policy):
        case Level.NOTHING:
            return NOT_ENOUGH
        case Level.MEDIAN:
            return View(Level.MEDIAN, Table(peers=told, median=table.coarse_median), coarseness=policy.coarseness)
        case Level.QUARTILES:
            return View(Level.QUARTILES, replace(table, peers=told, coarse_median=None, p10=None, p90=None))
        case Level.TAILS:
            return View(Level.TAILS, replace(table, peers=told, coarse_median=None))
