"""`verify` finds what differs from raw, and only that."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from apps.organizations import access
from apps.organizations.models import Organization
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import CUBES
from apps.rollups.verify import verify
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")


@pytest.fixture
def owner() -> Tenant:
    made = tenant()
    store(made, traffic(20, 300))
    rebuild(**made.place, now=NOW)
    return made


def execute(owner: Tenant, statement: str) -> None:
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 1


def test_it_is_clean_after_a_rebuild(owner: Tenant) -> None:
    (found,) = verify(organization_id=owner.organization_id, now=NOW)
    assert (found.different_cells, found.pending, found.requests) == (0, 0, 300)
    assert found.figures > found.cells > 300


@pytest.mark.parametrize(
    "table", [*(f"{cube.table}_{tier}" for cube in CUBES for tier in ("hour", "day")), "rollups_whole_day"]
)
def test_it_finds_a_cell_that_is_missing_in_any_table(owner: Tenant, table: str) -> None:
    execute(owner, f"DELETE FROM {table} WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)")
    (found,) = verify(organization_id=owner.organization_id, now=NOW)
    assert [one.table for one in found.differences] == [table]
    assert found.differences[0].stands is None


def test_it_finds_a_cell_that_stands_twice(owner: Tenant) -> None:
    execute(owner, "INSERT INTO rollups_request_day SELECT * FROM rollups_request_day LIMIT 1")
    (found,) = verify(organization_id=owner.organization_id, now=NOW)
    assert found.different_cells == 2


@pytest.mark.parametrize(("figure", "value"), [("token_nano", "1"), ("latency_sketch", "array[1]")])
def test_the_command_names_the_figure_and_exits_with_1(owner: Tenant, figure: str, value: str) -> None:
    execute(
        owner,
        f"""
        WITH gone AS (DELETE FROM rollups_request_hour WHERE ctid = (SELECT ctid FROM rollups_request_hour LIMIT 1)
            RETURNING *)
        INSERT INTO rollups_request_hour SELECT (jsonb_populate_record(NULL::rollups_request_hour,
            to_jsonb(gone) || jsonb_build_object('{figure}', {value}))).* FROM gone
        """,
    )
    slug = Organization.objects.get(pk=owner.organization_id).slug
    told = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify", organization=slug, stdout=told)
    assert stopped.value.code == 1
    assert f"{figure} stands as" in told.getvalue()
    assert "1 cells differ" in told.getvalue()


def test_days_that_wait_are_told_and_not_compared(owner: Tenant) -> None:
    store(owner, traffic(21, 10, days=1))
    (found,) = verify(organization_id=owner.organization_id, now=NOW)
    assert found.pending in (1, 2)
    assert found.different_cells == 0
