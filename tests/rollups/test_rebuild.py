"""Cells are a pure function of the raw rows, whichever way and however often these came."""

import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import DataError, ProgrammingError, connection
from psycopg import sql

from apps.deployments.models import StaleSince
from apps.organizations import access
from apps.rollups import stored
from apps.rollups.raw import copy_out
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import ATTEMPTS, CUBES, REQUESTS
from apps.traces.models import StaleHour
from tests.rollups.tenants import NOW, Tenant, mark, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")


def rebuilt(owner: Tenant, now: datetime = NOW) -> None:
    done = rebuild(**owner.place, now=now)
    assert done is not None
    assert not done.left


def cells(owner: Tenant, *, days: int = 60) -> dict[str, pl.DataFrame]:
    """All cells of both cubes and tiers, in the order of their keys."""
    dates = [NOW.date() - timedelta(days=age) for age in range(days)]
    found = {}
    with access.scope(owner.organization_id):
        for cube in CUBES:
            hours = stored.hour_cells(cube, days=dates, **owner.place)
            day = stored.day_cells(cube, days=dates, **owner.place)
            found[f"{cube.table}_hour"] = hours.sort("hour", *cube.keys)
            found[f"{cube.table}_day"] = day.sort("day", *cube.keys)
    return found


def same(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> bool:
    return all(one[table].equals(other[table]) for table in one)


def marks(owner: Tenant) -> int:
    with access.scope(owner.organization_id):
        return StaleHour.objects.filter(**owner.place).count()


def test_shuffled_late_and_repeated_input_gives_the_cells_of_one_pass() -> None:
    requests = traffic(1, 600)
    at_once, piecemeal = tenant(), tenant()
    store(at_once, requests)
    rebuilt(at_once)
    shuffled = random.Random(5).sample(requests, len(requests))
    for part in (shuffled[:100], shuffled[50:400], shuffled[300:], shuffled[:60]):
        store(piecemeal, part)
        rebuilt(piecemeal)
    assert cells(at_once)["rollups_request_hour"]["requests"].sum() == 600
    assert same(cells(at_once), cells(piecemeal))


def test_rebuilding_again_changes_nothing() -> None:
    owner = tenant()
    store(owner, traffic(2, 200))
    rebuilt(owner)
    before = cells(owner)
    mark(owner, set(before["rollups_request_hour"]["hour"]))
    rebuilt(owner)
    assert same(before, cells(owner))
    assert marks(owner) == 0


def test_hours_add_up_to_their_days() -> None:
    owner = tenant()
    store(owner, traffic(3, 400))
    rebuilt(owner)
    found = cells(owner)
    for cube in CUBES:
        hours = found[f"{cube.table}_hour"].group_by(day=pl.col("hour").dt.date()).agg(pl.col(cube.sums).sum())
        days = found[f"{cube.table}_day"].group_by("day").agg(pl.col(cube.sums).sum())
        assert hours.sort("day").equals(days.sort("day"))
        assert days.height >= 3


def test_both_cubes_have_the_same_dollars() -> None:
    owner = tenant()
    store(owner, traffic(4, 400))
    rebuilt(owner)
    found = cells(owner)
    requests, attempts = found["rollups_request_day"], found["rollups_attempt_day"]
    assert requests["billed_nano"].sum() == attempts["billed_nano"].sum() > 0
    assert requests["attempts"].sum() == attempts["attempts"].sum()
    parts = requests.select("token_nano", "wasted_nano", "premium_nano").sum().row(0)
    assert 0 < sum(parts) <= requests["billed_nano"].sum()


def test_rows_that_go_away_take_their_cells_with_them() -> None:
    owner = tenant()
    store(owner, traffic(6, 50))
    rebuilt(owner)
    with access.scope(owner.organization_id):
        with connection.cursor() as cursor:
            for table in ("traces_request", "traces_attempt"):
                cursor.execute(f"DELETE FROM {table} WHERE deployment_id = %s", [owner.deployment_id])
        StaleSince.objects.create(**owner.place, since=NOW.date() - timedelta(days=30), marked_at=NOW)
    rebuilt(owner)
    assert all(frame.is_empty() for frame in cells(owner).values())


def test_a_declaration_is_rebuilt_for() -> None:
    owner = tenant(user_facing=False)
    store(owner, traffic(7, 100))
    rebuilt(owner)
    before = cells(owner)["rollups_request_day"]["waiting"].sum()
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deployments_assumptions SET user_facing = true WHERE deployment_id = %s", [owner.deployment_id]
        )
        StaleSince.objects.create(**owner.place, since=NOW.date() - timedelta(days=30), marked_at=NOW)
    rebuilt(owner)
    assert cells(owner)["rollups_request_day"]["waiting"].sum() > before


def test_days_whose_hours_are_not_kept_are_made_of_all_their_raw_rows() -> None:
    owner, reference = tenant(), tenant()
    requests = traffic(8, 300, days=2)
    store(reference, requests)
    rebuilt(reference)
    store(owner, requests[:150])
    later = NOW + timedelta(days=200)
    rebuilt(owner, now=later)
    store(owner, requests[150:])
    rebuilt(owner, now=later)
    assert cells(owner)["rollups_request_hour"].is_empty()
    for table in ("rollups_request_day", "rollups_attempt_day"):
        assert cells(owner)[table].equals(cells(reference)[table])


def test_a_sealed_day_keeps_its_cells() -> None:
    owner = tenant()
    store(owner, traffic(9, 40))
    rebuilt(owner)
    before = cells(owner)["rollups_request_day"]
    mark(owner, {datetime(2026, 11, 23, 5, tzinfo=UTC)})
    rebuilt(owner, now=NOW + timedelta(days=4_000))
    assert cells(owner)["rollups_request_day"].equals(before)
    assert marks(owner) == 0


def test_a_stranger_sees_no_cell(as_worker: None) -> None:
    owner, stranger = tenant(), tenant()
    store(owner, traffic(10, 30))
    rebuilt(owner)
    for cube in (REQUESTS, ATTEMPTS):
        for tier in ("hour", "day"):
            with access.scope(stranger.organization_id), connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {cube.table}_{tier}")
                assert cursor.fetchone() == (0,)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {cube.table}_{tier}")
                assert cursor.fetchone() == (0,)


def test_the_tables_have_the_columns_that_the_sums_name() -> None:
    with connection.cursor() as cursor:
        for cube in CUBES:
            for tier in ("hour", "day"):
                cursor.execute(
                    "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
                    [f"{cube.table}_{tier}"],
                )
                assert {name for (name,) in cursor.fetchall()} == {
                    "organization_id",
                    "deployment_id",
                    tier,
                    *cube.columns,
                }


def test_an_error_while_reading_is_raised_as_the_database_said_it() -> None:
    owner = tenant()
    with (
        pytest.raises(DataError, match="division by zero"),
        access.scope(owner.organization_id),
    ):
        copy_out(sql.SQL("SELECT 1 / (3 - g) FROM generate_series(1, 5) g").format(), {"n": pl.Int64()})
    with pytest.raises(ProgrammingError, match="nowhere"), access.scope(owner.organization_id):
        copy_out(sql.SQL("SELECT nowhere").format(), {"n": pl.Int64()})
    with access.scope(owner.organization_id):
        assert copy_out(sql.SQL("SELECT 7").format(), {"n": pl.Int64()})["n"].to_list() == [7]
