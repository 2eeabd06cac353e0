"""The unit is the organization: one vote each, one a domain; kin are not others."""

from hypothesis import given
from hypothesis import strategies as st

from apps.benchmarks.disclosure.grid import shares
from apps.benchmarks.disclosure.votes import count_votes, others
from tests.benchmarks.pools import GRID, entrant, spread, votes


def test_an_organization_votes_with_the_median_of_its_deployments() -> None:
    cast = votes([entrant(1, 0.2), entrant(1, 0.3), entrant(1, 0.9), entrant(2, 0.4), entrant(2, 0.5)])
    assert [vote.value for vote in cast] == [0.3, 0.45]


def test_values_are_clipped_to_the_public_range_before_they_are_pooled() -> None:
    cast = count_votes([entrant(1, 0.9), entrant(1, 0.1), entrant(2, -3.0)], shares(0.0, 0.4))
    assert [vote.value for vote in cast] == [0.25, 0.0]


def test_a_domain_has_one_vote() -> None:
    """A second organization of a company moves its value, and adds no weight."""
    one = [*spread(11), entrant(12, 0.5, domain="acme")]
    two = [*one, entrant(13, 0.7, domain="acme")]
    assert len(votes(one)) == len(votes(two)) == 12
    assert votes(two)[-1].organizations == {12, 13}
    assert votes(two)[-1].value == 0.6


def test_organizations_without_a_domain_are_not_merged() -> None:
    assert len(votes(spread(12))) == 12


@given(order=st.permutations(range(12)))
def test_votes_do_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    pool = [entrant(1 + i // 2, i / 12, domain="acme" if i < 4 else "") for i in range(12)]
    assert votes([pool[i] for i in order]) == votes(pool)


def test_the_viewer_is_not_one_of_its_others() -> None:
    cast = votes(spread(12))
    assert others(cast, organization_id=3, kin=frozenset({"member 3"})) == 11
    assert others(cast, organization_id=99, kin=frozenset({"member 99"})) == 12


def test_who_shares_a_member_or_a_domain_is_not_another() -> None:
    pool = [*spread(10), entrant(20, 0.5, kin={"member 1"}), entrant(21, 0.5, domain="acme"), entrant(22, 0.6)]
    cast = votes(pool)
    assert others(cast, organization_id=1, kin=frozenset({"member 1"})) == 11
    assert others(cast, organization_id=99, kin=frozenset({"acme"})) == 12
    assert others(cast, organization_id=21, kin=frozenset({"member 21", "acme"})) == 12


def test_an_organization_whose_domain_votes_is_not_another() -> None:
    cast = count_votes([*spread(10), entrant(20, 0.5, domain="acme"), entrant(21, 0.5, domain="acme")], GRID)
    assert others(cast, organization_id=21, kin=frozenset()) == 10
