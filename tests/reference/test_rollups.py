"""Cells of whole deployments against the reference and against plain SQL over the raw rows."""

import pytest
from django.db import connection, transaction

from apps.sketches.packing import encode
from apps.sketches.quantiles import combine, quantiles
from tests.reference import totals
from tests.reference.cells import (
    ATTEMPT_KEY,
    REQUEST_KEY,
    ROUNDED,
    TAG_KEY,
    cells_like,
    differing,
    expected_attempts,
    expected_requests,
    expected_tags,
    plain,
)
from tests.reference.deployments import varied
from tests.reference.listed import list_price
from tests.reference.nouns import Assumptions, Model, Usage
from tests.reference.raw import ask, select
from tests.rollups.tenants import Tenant

QUESTIONS = (
    ("daily_requests", "rollups_request_day", ("day",)),
    ("daily_attempts", "rollups_attempt_day", ("day", "provider", "model")),
)


def test_the_simulated_deployments_are_of_many_kinds() -> None:
    kinds = {(one.source.completeness, one.source.currency, one.hedged > 0) for one in varied()}
    assert {kind for kind, *_ in kinds} == {"complete", "complete_first_hop", "count_only", "lower_bound", "unknown"}
    assert {currency for _, currency, _ in kinds} >= {None, "USD"}
    assert {hedged for *_, hedged in kinds} == {True, False}


def test_cells_of_requests_are_what_the_reference_adds_up(rebuilt: Tenant) -> None:
    place = rebuilt.deployment_id
    expected = expected_requests(place)
    assert differing(cells_like("rollups_request_day", REQUEST_KEY, expected, place), expected) == []
    hours = ("(hour AT TIME ZONE 'UTC')::date", *REQUEST_KEY[1:])
    assert differing(cells_like("rollups_request_hour", hours, expected, place), expected) == []


def test_cells_of_attempts_are_what_the_reference_adds_up(rebuilt: Tenant) -> None:
    place = rebuilt.deployment_id
    expected = expected_attempts(place)
    assert differing(cells_like("rollups_attempt_day", ATTEMPT_KEY, expected, place), expected) == []


def test_cells_by_tag_are_what_the_reference_adds_up(rebuilt: Tenant) -> None:
    place = rebuilt.deployment_id
    expected = expected_tags(place)
    if not expected:
        assert select("SELECT * FROM rollups_tag_day WHERE deployment_id = %(deployment)s", place) == []
        return
    cells = cells_like("rollups_tag_day", TAG_KEY, expected, place)
    assert differing(cells, expected) == []
    hours = ("(hour AT TIME ZONE 'UTC')::date", *TAG_KEY[1:])
    assert differing(cells_like("rollups_tag_hour", hours, expected, place), expected) == []
    key = next(iter(cells))
    for name in cells[key].keys() - {*ROUNDED}:
        faulty = cells | {key: cells[key] | {name: cells[key][name] + 1}}
        assert [(where, what) for where, what, *_ in differing(faulty, expected)] == [(key, name)]


@pytest.mark.parametrize(("question", "table", "key"), QUESTIONS)
def test_plain_sql_over_the_raw_rows_says_the_same(
    rebuilt: Tenant, question: str, table: str, key: tuple[str, ...]
) -> None:
    expected = plain(question, key, rebuilt.deployment_id)
    assert differing(cells_like(table, key, expected, rebuilt.deployment_id), expected) == []


@pytest.mark.parametrize("duration", ["latency", "ttft", "receive_to_dispatch"])
def test_quantiles_are_within_one_per_cent_of_the_exact_ones(rebuilt: Tenant, duration: str) -> None:
    exact = ask("percentiles", rebuilt.deployment_id)[0][duration]
    sketches = select(
        f"SELECT {duration}_sketch AS sketch FROM rollups_request_day "
        f"WHERE deployment_id = %(deployment)s AND {duration}_sketch IS NOT NULL",
        rebuilt.deployment_id,
    )
    if exact is None:
        assert sketches == []
        return
    estimates = quantiles(encode(combine(row["sketch"] for row in sketches)), (0.5, 0.95, 0.99))
    assert estimates is not None
    for estimate, value in zip(estimates, exact, strict=True):
        assert abs(estimate - value) <= 0.01 * value + 1e-6


def test_one_more_or_less_in_any_sum_of_any_cell_is_seen(rebuilt: Tenant) -> None:
    place = rebuilt.deployment_id
    expected = expected_requests(place)
    cells = cells_like("rollups_request_day", REQUEST_KEY, expected, place)
    key = next(iter(cells))
    for name in (name for name in cells[key] if name not in ROUNDED):
        faulty = cells | {key: cells[key] | {name: cells[key][name] + 1}}
        assert [(where, what) for where, what, *_ in differing(faulty, expected)] == [(key, name)]
    without = {where: sums for where, sums in cells.items() if where != key}
    assert differing(without, expected)


def test_a_raw_attempt_that_the_cells_never_saw_is_seen_by_both_proofs(rebuilt: Tenant) -> None:
    place = rebuilt.deployment_id
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM traces_attempt WHERE ctid = (SELECT ctid FROM traces_attempt "
                "WHERE deployment_id = %s AND status = 200 AND input_tokens > 0 LIMIT 1) AND deployment_id = %s",
                [place, place],
            )
        expected = expected_attempts(place)
        assert differing(cells_like("rollups_attempt_day", ATTEMPT_KEY, expected, place), expected)
        for question, table, key in QUESTIONS:
            told = plain(question, key, place)
            assert differing(cells_like(table, key, told, place), told)
        transaction.set_rollback(True)


def test_a_price_that_is_a_hundredth_too_high_is_seen(rebuilt: Tenant) -> None:
    def dearer(model: Model, usage: Usage, at_us: int) -> int | None:
        price = list_price(model, usage, at_us)
        return price and price + -(-price // 100)

    place = rebuilt.deployment_id
    under = totals.Under(own=Assumptions(dearer), published=Assumptions(dearer, list_first=True))
    expected = expected_requests(place, under)
    seen = {
        name for _, name, *_ in differing(cells_like("rollups_request_day", REQUEST_KEY, expected, place), expected)
    }
    assert seen & {"billed_nano", "published_token_nano"}
    assert all(name.endswith("_nano") and "loss" not in name for name in seen)
