"""Cells of whole deployments against the reference and against plain SQL over the raw rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from msgspec import structs

from apps.demo.simulate import cast, profile, stream
from apps.organizations import access
from apps.rollups.rebuild import rebuild
from apps.sketches.packing import encode
from apps.sketches.quantiles import combine, quantiles
from apps.traces import nouns
from tests.reference import totals
from tests.reference.listed import list_price
from tests.reference.nouns import Assumptions, Model, Usage
from tests.reference.raw import Row, ask, facts, select
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

UNDER = totals.Under(own=Assumptions(list_price), published=Assumptions(list_price, list_first=True))
ROUNDED = ("loss_nano", "own_loss_nano")
"""Sums of rounded shares: each may be a billionth off."""
REQUEST_KEY = (
    "day", "environment", "provider", "model", "task", "route", "policy", "user_facing", "completeness",
)  # fmt: skip
ATTEMPT_KEY = ("day", "environment", "provider", "model", "cause = 'ok'", "kind")


def summed(table: str, key: Sequence[str], sums: Sequence[str], deployment_id: int) -> dict[tuple[Any, ...], Row]:
    """Cells of a table added up by a key, without the product's own reading."""
    places = [f"key_{n}" for n in range(len(key))]
    columns = [f"{part} AS {place}" for part, place in zip(key, places, strict=True)]
    columns += [f"coalesce(sum({name}), 0) AS {name}" for name in sums]
    rows = select(
        f"SELECT {', '.join(columns)} FROM {table} WHERE deployment_id = %(deployment)s GROUP BY {', '.join(places)}",
        deployment_id,
    )
    return {tuple(row[place] for place in places): {name: row[name] for name in sums} for row in rows}


def differing(
    cells: dict[tuple[Any, ...], Row], expected: dict[tuple[Any, ...], dict[str, int]]
) -> list[tuple[tuple[Any, ...], str, Any, Any]]:
    """(key, sum, in the cells, expected) wherever the two are not the same."""
    found: list[tuple[tuple[Any, ...], str, Any, Any]] = []
    for key in cells.keys() | expected.keys():
        here, there = cells.get(key, {}), expected.get(key, {})
        for name in here.keys() | there.keys():
            slack = there.get("requests", 0) if name in ROUNDED else 0
            if abs(here.get(name, 0) - there.get(name, 0)) > slack:
                found.append((key, name, here.get(name), there.get(name)))
    return found


SEED, BEGAN = 11, NOW.date() - timedelta(days=20)


def varied() -> list[profile.Deployment]:
    """Simulated deployments, one for each kind of source and habit that the figures depend on."""
    kinds: dict[tuple[object, ...], profile.Deployment] = {}
    for organization in cast.cast(seed=SEED, began=BEGAN):
        for one in organization.deployments:
            source, tiers = one.source, {job.service_tier for job in one.jobs}
            told = source.completeness, source.currency, source.outcome_told, source.second_basis is None
            kinds.setdefault((*told, one.hedged > 0, "batch" in tiers), one)
    return [one for one in kinds.values() if one.weekly]


def simulated(deployment: profile.Deployment, days: int = 3) -> list[nouns.Request]:
    """What the simulator's source reports of some days."""
    since = datetime.combine(NOW.date() - timedelta(days=days), datetime.min.time(), UTC)
    batches = stream.batches(deployment=deployment, since=since, until=NOW, began=BEGAN, seed=SEED)
    decoder = msgspec.json.Decoder(nouns.Request)
    return [decoder.decode(line) for batch in batches for line in batch.body.splitlines()]


def test_the_simulated_deployments_are_of_many_kinds() -> None:
    kinds = {(one.source.completeness, one.source.currency, one.hedged > 0) for one in varied()}
    assert {kind for kind, *_ in kinds} == {"complete", "complete_first_hop", "count_only", "lower_bound", "unknown"}
    assert {currency for _, currency, _ in kinds} >= {None, "USD"}
    assert {hedged for *_, hedged in kinds} == {True, False}


def mixed() -> list[nouns.Request]:
    """Traffic of every kind, in which embeddings tell no output, as real ones do."""
    return [_without_output(one) if one.operation == "embeddings" else one for one in traffic(7, 900)]


def _without_output(request: nouns.Request) -> nouns.Request:
    made = [
        structs.replace(
            one, model="text-embedding-3-small", usage=one.usage and structs.replace(one.usage, output_tokens=None)
        )
        for one in request.attempts
    ]
    return structs.replace(request, attempts=made)


@pytest.fixture(scope="module", params=["mixed", *varied()], ids=lambda one: getattr(one, "slug", "mixed"))
def rebuilt(request: pytest.FixtureRequest, database: None) -> Any:
    from apps.pricing.import_prices import import_prices
    from tests.connections import acting_as

    with acting_as("worker"):
        import_prices(now=NOW)
        owner = tenant()
        store(owner, mixed() if request.param == "mixed" else simulated(request.param))
        done = rebuild(**owner.place, now=NOW)
        assert done is not None
        assert done.requests >= 50
        with access.scope(owner.organization_id):
            yield owner


def expected_requests(deployment_id: int, under: totals.Under = UNDER) -> dict[tuple[Any, ...], dict[str, int]]:
    return totals.total(facts(deployment_id), totals.request_key, lambda one: totals.request_sums(one, under))


def expected_attempts(deployment_id: int, under: totals.Under = UNDER) -> dict[tuple[Any, ...], dict[str, int]]:
    known = totals.tries(facts(deployment_id))
    return totals.total(known, totals.attempt_key, lambda one: totals.attempt_sums(one, under))


def cells_like(table: str, key: Sequence[str], expected: dict[tuple[Any, ...], dict[str, int]], deployment: int) -> Any:
    return summed(table, key, list(next(iter(expected.values()))), deployment)


def plain(question: str, key: Sequence[str], deployment_id: int) -> dict[tuple[Any, ...], dict[str, int]]:
    """What plain SQL over the raw rows adds up, by a key."""
    rows = ask(question, deployment_id)
    names = [name for name in rows[0] if name not in key]
    return {tuple(row[name] for name in key): {name: row[name] or 0 for name in names} for row in rows}


QUESTIONS = (
    ("daily_requests", "rollups_request_day", ("day",)),
    ("daily_attempts", "rollups_attempt_day", ("day", "provider", "model")),
)


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
