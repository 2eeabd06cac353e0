"""What an observer can and cannot learn from published tables."""

from dataclasses import asdict

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from apps.benchmarks.disclosure.peers import Level, band
from apps.benchmarks.disclosure.table import Table, publish
from apps.benchmarks.disclosure.view import NOT_ENOUGH, View, view
from apps.benchmarks.disclosure.votes import Entrant, others
from tests.benchmarks.pools import GRID, entrant, spread, values, votes


def seen_by(organization_id: int, kin: frozenset[str], pool: list[Entrant]) -> View:
    """The whole way from entrants to the eyes of one viewer."""
    cast = votes(pool)
    count = others(cast, organization_id=organization_id, kin=kin)
    return view(publish([vote.value for vote in cast], GRID), band(count))


def a_stranger(pool: list[Entrant]) -> View:
    return seen_by(10_000, frozenset({"member 10000"}), pool)


def fakes(n: int, *, domain: str = "") -> list[Entrant]:
    """Tenants of one attacker at the extremes, around a victim."""
    return [entrant(900 + i, float(i % 2), kin={"attacker"}, domain=domain, own_member=False) for i in range(n)]


VICTIM = entrant(1, 0.437)


def test_five_fake_tenants_around_a_victim_see_not_enough_peers() -> None:
    pool = [VICTIM, *fakes(5)]
    assert seen_by(900, frozenset({"attacker"}), pool) == NOT_ENOUGH
    assert a_stranger(pool) == NOT_ENOUGH


def test_fake_tenants_do_not_lift_their_owner_over_the_floor() -> None:
    """With nine real others there are fourteen votes, and nine for the attacker."""
    pool = [VICTIM, *spread(8, first_id=2), *fakes(5)]
    assert seen_by(900, frozenset({"attacker"}), pool) == NOT_ENOUGH
    assert a_stranger(pool).level is Level.MEDIAN


def test_fake_tenants_of_one_domain_are_one_vote() -> None:
    pool = [VICTIM, *spread(7, first_id=2), *fakes(5, domain="attacker.example")]
    assert len(votes(pool)) == 9
    assert a_stranger(pool) == NOT_ENOUGH


def test_the_viewer_is_not_in_its_own_k() -> None:
    ten, eleven = spread(10), spread(11)
    assert seen_by(1, frozenset({"member 1"}), ten) == NOT_ENOUGH
    assert seen_by(1, frozenset({"member 1"}), eleven).level is Level.MEDIAN
    assert seen_by(1, frozenset({"member 1"}), spread(20)).level is Level.MEDIAN
    assert seen_by(1, frozenset({"member 1"}), spread(21)).level is Level.QUARTILES


def test_twelve_strangers_each_see_a_median() -> None:
    pool = spread(12)
    assert {seen_by(i, frozenset({f"member {i}"}), pool).level for i in range(1, 13)} == {Level.MEDIAN}


pools = st.lists(st.floats(0, 1), min_size=9, max_size=230)


@given(pool=pools, joiner=st.floats(0, 1))
def test_one_tenant_more_moves_a_quantile_no_further_than_its_neighbours(pool: list[float], joiner: float) -> None:
    """Whoever joins or leaves, each figure stays between the order statistics next to it, on the grid."""
    before, after = publish(pool, GRID), publish([*pool, joiner], GRID)
    ordered = sorted(pool)
    for name, share in (("p10", 0.1), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9)):
        if getattr(before, name) is None or getattr(after, name) is None:
            continue
        position = int((len(ordered) - 1) * share)
        low, high = ordered[max(position - 1, 0)], ordered[min(position + 2, len(ordered) - 1)]
        assert GRID.down(low) <= getattr(after, name) <= GRID.up(high)


@given(pool=pools, joiner=st.floats(0, 1))
def test_the_size_of_a_pool_shows_only_when_its_band_changes(pool: list[float], joiner: float) -> None:
    before, after = publish(pool, GRID), publish([*pool, joiner], GRID)
    assert (before.peers == after.peers) == (band(len(pool)) == band(len(pool) + 1))
    assert all(value is None or isinstance(value, float) for name, value in asdict(before).items() if name != "peers")


def test_a_pool_below_the_floor_looks_the_same_at_any_size_and_any_values() -> None:
    tables = {publish(values(spread(n, high=high)), GRID) for n in range(10) for high in (0.3, 0.8)}
    assert tables == {Table(peers="")}


def test_a_tenant_that_is_not_eligible_changes_no_byte() -> None:
    """Entrants are eligible deployments; another tenant's existence is no input of a table at all."""
    pool = spread(25)
    assert msgspec.json.encode(publish(values(pool), GRID)) == msgspec.json.encode(publish(values(pool[::-1]), GRID))


def test_twenty_edits_of_the_own_value_cannot_follow_a_peer() -> None:
    """An exact rank would find a peer's value by halving; the table moves only between the neighbours of its median."""
    peers = spread(30, low=0.30, high=0.50)
    ordered = sorted(values(peers))
    tables = {publish([*ordered, i / 20], GRID) for i in range(21)}
    medians = {table.median for table in tables if table.median is not None}
    assert medians <= {GRID.nearest(x) for x in ordered[13:17]} | {GRID.nearest((ordered[14] + ordered[15]) / 2)}
    assert len(medians) <= 3
