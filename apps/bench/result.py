"""What a bench found: rows to look at, and ratios that count."""

from dataclasses import dataclass, field
from statistics import median

Cell = str | int | float | None


@dataclass(frozen=True)
class Ratio:
    """One figure against a floor of the same run; the median of `pairs`, each measured within seconds."""

    name: str
    pairs: tuple[float, ...]
    goal: float | None = None
    at_least: bool = True
    """Whether the goal is a floor, or else a ceiling."""

    @property
    def value(self) -> float:
        return median(self.pairs)

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass
class Result:
    """`rows` have the same keys, which are the columns of the table; units stand in the keys."""

    bench: str
    rows: list[dict[str, Cell]] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What one must know to read the figures, such as what was skipped."""
