"""Added waiting: its two parts, who waits, and what it loses."""

from typing import Any

import pytest

from tests.costing.cases import attempt, failure, figures, request

MS = 1_000


def at(offset_ms: float | None, **facts: Any) -> dict[str, Any]:
    return attempt(start_offset_us=None if offset_ms is None else int(offset_ms * MS), **facts)


def delay(one: dict[str, Any]) -> Any:
    return figures(one)["retry_delay_us"]


def test_retry_delay_runs_from_the_first_start_to_the_serving_one() -> None:
    assert delay(request(failure(None, 500, start_offset_us=5 * MS), at(2_105))) == 2_100 * MS


def test_a_failed_request_waited_until_its_last_attempt() -> None:
    tries = [failure(None, 500, start_offset_us=start * MS) for start in (0, 300, 900)]
    assert delay(request(*tries, outcome="failed")) == 900 * MS


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (request(attempt()), 0),
        (request(cache_hit=True), 0),
        (request(outcome="failed"), 0),
        (request(at(0), at(None)), None),
        (request(at(None), at(5)), None),
        (request(at(0), at(5), completeness="count_only"), None),
        (request(at(0), at(5), completeness="complete_first_hop"), 5 * MS),
        (request(at(9), at(5)), 0),
    ],
)
def test_delay_is_zero_only_where_that_is_known(one: dict[str, Any], expected: int | None) -> None:
    assert delay(one) == expected


def test_hedged_attempts_delay_from_the_first_dispatch_to_the_start_of_the_winner() -> None:
    assert delay(request(at(40), at(0), at(90), serving_attempt=0, parallel=True)) == 40 * MS
    assert delay(request(at(40), at(None), serving_attempt=0, parallel=True)) is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 14 * MS),
        ({"completeness": "count_only"}, 14 * MS),
        ({"completeness": "complete_first_hop"}, None),
        ({"completeness": "lower_bound"}, None),
        ({"overhead_basis": None}, None),
    ],
)
def test_routing_overhead_counts_with_a_basis_where_the_source_shows_all_of_it(
    facts: dict[str, Any], expected: int | None
) -> None:
    told = {"routing_overhead_us": 14 * MS, "overhead_basis": "decision_only"} | facts
    assert figures(request(attempt(), **told))["overhead_us"] == expected


@pytest.mark.parametrize(
    ("facts", "tries", "waits"),
    [
        ({}, [attempt()], True),
        ({"user_facing": False}, [attempt()], False),
        ({"operation": "embeddings"}, [attempt()], False),
        ({"operation": "rerank"}, [attempt()], False),
        ({}, [attempt(service_tier="batch")], False),
        ({"cache_hit": True}, [], True),
    ],
)
def test_who_waits(facts: dict[str, Any], tries: list[dict[str, Any]], waits: bool) -> None:
    row = figures(request(*tries, **facts))
    assert (row["waiting"], row["loss_nano"] is not None) == (waits, waits)


@pytest.mark.parametrize(("added_ms", "loss"), [(0, 0), (75, 9_013_568), (100, 12_000_000), (200, 23_856_000)])
def test_loss_compounds_over_each_hundred_milliseconds(added_ms: int, loss: int) -> None:
    row = figures(request(attempt(), routing_overhead_us=added_ms * MS, overhead_basis="decision_only"))
    assert row["loss_nano"] == loss


def test_own_engagement_loss_changes_the_own_figure_only() -> None:
    told = {"routing_overhead_us": 100 * MS, "overhead_basis": "decision_only", "engagement_loss_ppm": 50_000}
    row = figures(request(attempt(), **told))
    assert (row["loss_nano"], row["own_loss_nano"]) == (12_000_000, 50_000_000)


def test_the_waiting_of_a_failed_request_counts() -> None:
    tries = [failure(None, 500, start_offset_us=0), failure(None, 500, start_offset_us=100 * MS)]
    assert figures(request(*tries, outcome="failed"))["loss_nano"] == 12_000_000
