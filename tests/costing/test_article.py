"""The published study's arithmetic, with the values that are right."""

from fractions import Fraction

import pytest

from apps.costing.published import latency_impact_nano
from tests.costing.cases import attempt, evaluated, failure, figures, request

HOURS_US = 3_600_000_000
DOLLAR = 10**9


def hours_of_waiting(added_us: int, requests_a_day: int) -> float:
    told = {"routing_overhead_us": added_us, "overhead_basis": "receive_to_dispatch"}
    return float(Fraction(figures(request(attempt(), **told))["added_us"] * requests_a_day, HOURS_US))


def test_75_ms_at_10_000_requests_an_hour_is_five_hours_a_day() -> None:
    assert hours_of_waiting(75_000, 240_000) == 5.0


def test_208_hours_a_day_take_ten_million_requests() -> None:
    assert round(hours_of_waiting(75_000, 10_000_000)) == 208


def test_that_waiting_is_worth_about_a_dollar_a_day_at_half_a_dollar_for_a_thousand() -> None:
    told = {"routing_overhead_us": 75_000, "overhead_basis": "receive_to_dispatch"}
    impact = latency_impact_nano(figures(request(attempt(), **told))["loss_nano"] * 240_000)
    assert float(impact / DOLLAR) == pytest.approx(1.08, abs=0.01)


@pytest.mark.parametrize(("first_billed", "uplift"), [(1_000, Fraction("0.1344")), (0, Fraction("0.0504"))])
def test_retries_of_8_4_per_cent_at_1_6_times_lift_the_cost_by_13_4_per_cent_only_if_first_attempts_were_billed(
    first_billed: int, uplift: Fraction
) -> None:
    first = failure("cut", input_tokens=1, output_tokens=1, price=first_billed)
    retried = request(first, attempt(model="claude", price=1_600, planned_price=1_000))
    rows = evaluated(*[request(attempt())] * 916, *[retried] * 84).requests
    billed, base = int(rows["billed_nano"].sum()), int(rows["base_nano"].sum())
    assert Fraction(billed, base) - 1 == uplift
    again = rows.filter(rows["attempt_count"] > 1)
    assert Fraction(int(again["later_billed_nano"].sum()), int(again["planned_nano"].sum())) == Fraction("1.6")


def test_retry_14_on_token_58_is_24_per_cent_and_not_12_to_18() -> None:
    assert round(Fraction(14, 58) * 100) == 24


def test_8_per_cent_latency_beside_58_per_cent_tokens_takes_14_dollars_a_thousand() -> None:
    """At the study's own 89 ms and its other parts, with token cost such that the shares come out."""
    told = {"routing_overhead_us": 89_000, "overhead_basis": "receive_to_dispatch"}
    retried_wait_us = 2_100_000
    plain = figures(request(attempt(), **told))["loss_nano"]
    waited = figures(request(attempt(), **(told | {"routing_overhead_us": 89_000 + retried_wait_us})))["loss_nano"]
    loss = Fraction(916 * plain + 84 * waited, 1_000)
    at_half_a_dollar = latency_impact_nano(int(loss * 1_000))
    needed = Fraction(8, 58) * 1_000 * TYPICAL_TOKEN_COST_NANO / at_half_a_dollar * Fraction(1, 2)
    assert 13 <= needed <= 15


TYPICAL_TOKEN_COST_NANO = 3_000_000
"""$3 for 1,000 requests: a thousand tokens in and fifty out at $2.50 and $10 a million."""
