"""Pools for the tests of the disclosure rules."""

from collections.abc import Iterable

from apps.benchmarks.disclosure.grid import Grid, shares
from apps.benchmarks.disclosure.votes import Entrant, Vote, count_votes

GRID = shares(0.0, 1.0)


def entrant(
    organization_id: int, value: float, *, kin: Iterable[str] = (), domain: str = "", own_member: bool = True
) -> Entrant:
    """An eligible deployment, with a member of its own besides `kin`."""
    names = set(kin) | ({f"member {organization_id}"} if own_member else set()) | ({domain} if domain else set())
    return Entrant(organization_id, value, frozenset(names), domain)


def spread(n: int, *, low: float = 0.2, high: float = 0.8, first_id: int = 1) -> list[Entrant]:
    """`n` strangers with values evenly between `low` and `high`."""
    step = (high - low) / max(n - 1, 1)
    return [entrant(first_id + i, low + i * step) for i in range(n)]


def votes(entrants: Iterable[Entrant], grid: Grid = GRID) -> tuple[Vote, ...]:
    return count_votes(entrants, grid)


def values(entrants: Iterable[Entrant], grid: Grid = GRID) -> list[float]:
    return [vote.value for vote in votes(entrants, grid)]
