"""Each rule of the disclosure policy, switched off, changes what somebody sees; so none of them is decoration."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from apps.benchmarks.disclosure import gates, grid, peers, table, view, votes
from apps.benchmarks.disclosure.policy import POLICY, Policy
from apps.benchmarks.disclosure.yardsticks import YARDSTICKS
from tests.benchmarks import test_attacks
from tests.benchmarks.pools import GRID, entrant, spread, values
from tests.benchmarks.test_attacks import VICTIM, a_stranger, fakes, seen_by
from tests.benchmarks.test_gates import EVERY_GATE, FACTS, STRANGER, SUNDAY

Scene = Callable[[], object]


def few_peers() -> object:
    return table.publish(values([VICTIM, *fakes(5)]), GRID)


def ten_peers() -> object:
    return table.publish(values(spread(10)), GRID)


def twenty_peers() -> object:
    return table.publish(values(spread(20)), GRID)


def a_member_of_ten() -> object:
    return seen_by(1, frozenset({"member 1"}), spread(10))


def the_owner_of_fakes() -> object:
    return seen_by(900, frozenset({"attacker"}), [VICTIM, *spread(8, first_id=2), *fakes(5)])


def fakes_of_one_domain() -> object:
    return a_stranger([VICTIM, *spread(7, first_id=2), *fakes(5, domain="attacker.example")])


def many_deployments() -> object:
    return len(votes.count_votes([entrant(1, i / 10) for i in range(10)], GRID))


def an_outlier() -> object:
    return votes.count_votes([entrant(1, 1e9)], GRID)


def lopsided() -> object:
    return table.publish([0.0411 + i / 93 for i in range(20)], GRID)


def few_in_the_tail() -> object:
    current: Policy = (table.publish.__kwdefaults__ or {})["policy"]
    low = replace(current, median_from=3, quartiles_from=6)
    return table.publish(values(spread(12)), GRID, policy=low)


def a_member_of_twenty() -> object:
    return seen_by(1, frozenset({"member 1"}), spread(20))


def a_deployment() -> object:
    worst = replace(FACTS, contributes=False, requests=999, active_days=4, with_outcome=0, priced_tokens=0)
    worst = replace(worst, served_attempts_with_tokens=0, completeness={}, overhead={})
    worst = replace(worst, waiting_with_delay=0, waiting_with_overhead=0)
    needs = frozenset().union(*(yardstick.needs for yardstick in YARDSTICKS.values()))
    return {gate.name for gate in gates.failed(gates.deployment_gates(worst, replace(EVERY_GATE, needs=needs)))}


def an_organization() -> object:
    worst = replace(STRANGER, mail_verified=False, domain="gmail.com", created_on=date(2026, 11, 1))
    return {gate.name for gate in gates.failed(gates.organization_gates(worst, on=SUNDAY))}


RULED: tuple[Callable[..., object], ...] = (
    peers.level,
    peers.level_of_band,
    table.publish,
    view.view,
    gates.deployment_gates,
    gates.organization_gates,
    gates.stratum,
)
"""Every function with the policy as its default."""


def with_policy(**change: object) -> Callable[[pytest.MonkeyPatch], None]:
    """A policy with one number loosened, wherever it is the default."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        loose = replace(POLICY, **change)  # type: ignore[arg-type]
        for function in RULED:
            monkeypatch.setattr(function, "__kwdefaults__", {"policy": loose})

    return patch


def attribute(target: object, name: str, value: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(target, name, value)


def everybody(cast: tuple[votes.Vote, ...], *, organization_id: int, kin: frozenset[str]) -> int:
    return len(cast)


def all_but_oneself(cast: tuple[votes.Vote, ...], *, organization_id: int, kin: frozenset[str]) -> int:
    return sum(organization_id not in vote.organizations for vote in cast)


def unclipped(self: grid.Grid, value: float) -> float:
    return value


def exact(self: grid.Grid, value: float, *, coarseness: int = 1) -> float:
    return value


def inward(self: grid.Grid, value: float, *, coarseness: int = 1) -> float:
    return round(value * 200 / coarseness) * coarseness / 200


def quartiles_for_all(name: str, *, policy: object) -> peers.Level:
    return peers.Level.QUARTILES


def never(domain: str) -> bool:
    return False


def by_organization(entrant: votes.Entrant) -> str:
    return str(entrant.organization_id)


RULES = {
    "ten others for a median": (few_peers, with_policy(median_from=5)),
    "twenty others for quartiles": (ten_peers, with_policy(quartiles_from=10)),
    "two hundred others for tails": (twenty_peers, with_policy(tails_from=20, support=1)),
    "a coarse grid at ten to nineteen": (lambda: table.publish([0.083] * 10, GRID), with_policy(coarseness=1)),
    "five organizations at or beyond a tail": (few_in_the_tail, with_policy(support=1)),
    "an interval of 95 %": (twenty_peers, with_policy(confidence=POLICY.confidence / 2)),
    "the viewer is not its own peer": (a_member_of_ten, attribute(test_attacks, "others", everybody)),
    "kin are not peers": (the_owner_of_fakes, attribute(test_attacks, "others", all_but_oneself)),
    "one vote a domain": (
        fakes_of_one_domain,
        attribute(votes, "_one_vote_of", by_organization),
    ),
    "values are clipped": (an_outlier, attribute(grid.Grid, "clip", unclipped)),
    "the median lies on the grid": (lopsided, attribute(grid.Grid, "nearest", exact)),
    "low ends lie on the grid, outward": (lopsided, attribute(grid.Grid, "down", inward)),
    "high ends lie on the grid, outward": (lopsided, attribute(grid.Grid, "up", inward)),
    "n in bands": (ten_peers, attribute(table, "band", str)),
    "a viewer's own level": (
        a_member_of_twenty,
        attribute(view, "level_of_band", quartiles_for_all),
    ),
    **{
        f"gate {name}": (a_deployment, with_policy(**{name: 0}))
        for name in ("requests", "active_days", "outcome_known", "tokens_known", "tokens_priced")
    },
    **{
        f"gate {name}": (a_deployment, with_policy(**{name: 0}))
        for name in ("attempts_known", "one_overhead_basis", "delay_known", "overhead_known")
    },
    "gate age": (an_organization, with_policy(age_days=0)),
    "free mail proves no domain": (an_organization, attribute(gates, "is_free_mail", never)),
}


@pytest.mark.parametrize("rule", RULES)
def test_switching_it_off_shows(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scene, switch_off = RULES[rule]
    kept = scene()
    switch_off(monkeypatch)
    grid.candidates.cache_clear()
    assert scene() != kept


@pytest.mark.parametrize("rule", RULES)
def test_a_scene_by_itself_is_steady(rule: str) -> None:
    """Else the test above would pass for any change."""
    scene, _ = RULES[rule]
    assert scene() == scene()
