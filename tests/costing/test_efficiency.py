"""One efficiency, its scopes and their gates."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.costing.efficiency import Evidence, efficiencies, headline

ENOUGH = Evidence(
    requests=1_000,
    measurable=1_000,
    outcome_known=1_000,
    served=900,
    served_with_tokens=900,
    served_tokens=90_000,
    served_tokens_priced=90_000,
    token_nano=600,
    retry_nano=200,
    waiting=1_000,
    delay_known=1_000,
    overhead_known=1_000,
    dispatched=1_000,
    one_basis=1_000,
    loss_nano=400_000,
)


def values(evidence: Evidence) -> list[float | None]:
    return [one.value for one in efficiencies(evidence)]


def test_each_scope_adds_a_part_and_selection_needs_evidence() -> None:
    assert values(ENOUGH) == [0.75, 0.6, None]
    assert values(replace(ENOUGH, evaluable_tokens=26_999)) == [0.75, 0.6, None]


def test_what_was_regretted_is_token_cost_in_the_narrower_scopes() -> None:
    regretted = replace(ENOUGH, token_nano=500, regret_nano=100, evaluable_tokens=27_000)
    assert values(regretted) == [0.75, 0.6, 0.5]


def test_the_headline_is_the_widest_scope_there_is() -> None:
    found = headline(efficiencies(ENOUGH))
    assert found is not None
    assert (found.scope, found.value) == ("latency", 0.6)
    assert headline(efficiencies(replace(ENOUGH, measurable=0))) is None


@pytest.mark.parametrize(
    ("gate", "just_enough", "too_few", "scopes"),
    [
        ("attempts_known", {"measurable": 900}, {"measurable": 899}, [None, None]),
        ("outcome_known", {"outcome_known": 950}, {"outcome_known": 949}, [None, None]),
        ("tokens_known", {"served_with_tokens": 855}, {"served_with_tokens": 854}, [None, None]),
        ("tokens_priced", {"served_tokens_priced": 81_000}, {"served_tokens_priced": 80_999}, [None, None]),
        ("delay_known", {"delay_known": 900}, {"delay_known": 899}, [0.75, None]),
        ("overhead_known", {"overhead_known": 900}, {"overhead_known": 899}, [0.75, None]),
        ("one_overhead_basis", {"one_basis": 900}, {"one_basis": 899}, [0.75, None]),
    ],
)
def test_a_scope_needs_every_gate(
    gate: str, just_enough: dict[str, int], too_few: dict[str, int], scopes: list[float | None]
) -> None:
    assert values(replace(ENOUGH, **just_enough))[:2] == [0.75, 0.6]
    assert values(replace(ENOUGH, **too_few))[:2] == scopes
    failed = {one.name for scope in efficiencies(replace(ENOUGH, **too_few))[:2] for one in scope.failed}
    assert failed == {gate}


def test_a_background_deployment_has_no_latency_scope() -> None:
    assert values(replace(ENOUGH, waiting=0, delay_known=0, overhead_known=0))[:2] == [0.75, None]


def test_nothing_spent_has_no_efficiency() -> None:
    assert values(replace(ENOUGH, token_nano=0, retry_nano=0))[0] is None


@given(st.integers(0, 10**18), st.integers(0, 10**18), st.integers(0, 10**15))
def test_efficiency_is_between_zero_and_one(token: int, retry: int, loss: int) -> None:
    for value in values(replace(ENOUGH, token_nano=token, retry_nano=retry, loss_nano=loss)):
        assert value is None or 0 <= value <= 1


def test_the_published_value_is_half_a_dollar_for_a_thousand_requests() -> None:
    lost_all = replace(ENOUGH, token_nano=500_000_000, retry_nano=0, loss_nano=1_000 * 10**9)
    assert values(lost_all)[1] == float(Fraction(1, 2))
