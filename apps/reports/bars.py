"""The five-part bar as table cells, two bars on one scale."""

from dataclasses import dataclass

from apps.reports.report import Section

WIDTH = 1_000


@dataclass(frozen=True)
class Cell:
    """A part's stretch; `kind` is the part's name, or none for what the shorter bar leaves free."""

    kind: str
    steps: int

    @property
    def percent(self) -> str:
        return f"{self.steps * 100 / WIDTH:.1f}"


def bars(section: Section) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """(now, before); a bar without any known part is empty."""
    scale = max(section.total or 0, section.total_before or 0)
    now = [(part.name, part.now or 0) for part in section.parts]
    before = [(part.name, part.before or 0) for part in section.parts]
    return _bar(now, scale), _bar(before, scale)


def _bar(parts: list[tuple[str, int]], scale: int) -> tuple[Cell, ...]:
    """Whole steps that add up to the width: each edge is rounded, not each part."""
    if not scale or not sum(amount for _, amount in parts):
        return ()
    cells, edge, done = [], 0, 0
    for name, amount in parts:
        done += amount
        reached = round(done * WIDTH / scale)
        if reached > edge:
            cells.append(Cell(name, reached - edge))
            edge = reached
    return tuple(cells) if edge >= WIDTH else (*cells, Cell("none", WIDTH - edge))
