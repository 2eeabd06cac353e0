"""From deployments to votes: one value an organization, one vote a domain; and the count of others a viewer has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.benchmarks.disclosure.grid import Grid
from apps.benchmarks.disclosure.quantiles import quantile

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Entrant:
    """One eligible deployment; `kin` are opaque names of its organization's members, owners and domain."""

    organization_id: int
    value: float
    kin: frozenset[str]
    domain: str = ""
    """The one of `kin` that names the verified domain; '' without one."""


@dataclass(frozen=True)
class Vote:
    """One value in the pool, of one organization, or of all that share a domain."""

    organizations: frozenset[int]
    value: float
    kin: frozenset[str]


def count_votes(entrants: Iterable[Entrant], grid: Grid) -> tuple[Vote, ...]:
    """Clipped values, median over the deployments of an organization, then over the organizations of a domain.

    In the order of the organizations' ids, whatever the order of the entrants.
    """
    by_organization: dict[int, list[Entrant]] = defaultdict(list)
    for entrant in entrants:
        by_organization[entrant.organization_id].append(entrant)
    by_domain: dict[str, list[Vote]] = defaultdict(list)
    for organization_id, theirs in by_organization.items():
        vote = Vote(
            organizations=frozenset({organization_id}),
            value=median([grid.clip(entrant.value) for entrant in theirs]),
            kin=frozenset().union(*(entrant.kin for entrant in theirs)),
        )
        by_domain[_one_vote_of(theirs[0])].append(vote)
    return tuple(sorted(map(_merge, by_domain.values()), key=lambda vote: min(vote.organizations)))


def others(votes: Iterable[Vote], *, organization_id: int, kin: frozenset[str]) -> int:
    """k: the votes that are neither the viewer's nor of anybody that shares a member, an owner or a domain with it."""
    return sum(organization_id not in vote.organizations and not kin & vote.kin for vote in votes)


def median(values: Sequence[float]) -> float:
    return quantile(sorted(values), HALF)


def _one_vote_of(entrant: Entrant) -> str:
    return f"domain {entrant.domain}" if entrant.domain else f"organization {entrant.organization_id}"


def _merge(votes: Sequence[Vote]) -> Vote:
    return Vote(
        organizations=frozenset().union(*(vote.organizations for vote in votes)),
        value=median([vote.value for vote in votes]),
        kin=frozenset().union(*(vote.kin for vote in votes)),
    )
