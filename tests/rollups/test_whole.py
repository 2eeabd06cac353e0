"""Sums of a day over all labels are what its cells add up to, whoever wrote them."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from apps.organizations import access
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import REQUEST_SUMS
from apps.rollups.sweep import rebuild_all
from tests.connections import acting_as
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")
KEYS = "deployment_id, day, environment, completeness"
SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in REQUEST_SUMS)


def days(owner: Tenant, table: str) -> list[tuple[object, ...]]:
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute(f"SELECT {KEYS}, {SUMS} FROM {table} GROUP BY {KEYS} ORDER BY {KEYS}")
        return list(cursor.fetchall())


def rows(owner: Tenant) -> int:
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rollups_whole_day")
        return int(cursor.fetchone()[0])


def filled_by_migration() -> None:
    operations = import_module("apps.rollups.migrations.0015_whole_of_cells").Migration.operations
    with acting_as("owner"):
        for operation in operations:
            with connection.cursor() as cursor:
                cursor.execute(operation.sql)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM rollups_request_day")
            assert cursor.fetchone() == (0,)  # its walls are up again


def test_a_day_is_what_its_cells_add_up_to_and_has_a_row_for_each_environment_and_class() -> None:
    owner = tenant()
    store(owner, traffic(601, 400))
    rebuild_all(now=NOW, of=[owner.organization_id])
    assert days(owner, "rollups_whole_day") == days(owner, "rollups_request_day") != []
    assert rows(owner) == len(days(owner, "rollups_request_day"))


def test_late_requests_and_hours_that_come_later_are_in_it() -> None:
    owner = tenant()
    first, later = traffic(602, 60, days=2), traffic(603, 60, days=2)
    for came in (first, later[:30], later[30:]):
        store(owner, came)
        rebuild(**owner.place, now=NOW)
        rebuild_all(now=NOW, of=[owner.organization_id])
        assert days(owner, "rollups_whole_day") == days(owner, "rollups_request_day")
    rebuild_all(now=NOW + timedelta(days=200), of=[owner.organization_id])
    assert days(owner, "rollups_whole_day") == days(owner, "rollups_request_day") != []


def test_what_cells_of_before_add_up_to_is_filled_in_once_and_nothing_newer_is_touched() -> None:
    owner, other = tenant(), tenant()
    for n, one in enumerate((owner, other)):
        store(one, traffic(604 + n, 50, days=3))
    rebuild_all(now=NOW, of=[owner.organization_id, other.organization_id])
    wanted, newer = days(owner, "rollups_request_day"), days(other, "rollups_whole_day")
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute("DELETE FROM rollups_whole_day WHERE deployment_id = %s", [owner.deployment_id])
    for _ in range(2):
        filled_by_migration()
        assert days(owner, "rollups_whole_day") == wanted
        assert rows(owner) == len(wanted)
    assert days(other, "rollups_whole_day") == newer
