"""Sums of a day over all labels are what its cells add up to, whoever wrote them."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from apps.organizations import access
from apps.rollups.sums import REQUEST_SUMS
from apps.rollups.sweep import rebuild_all
from tests.connections import acting_as
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")
KEYS = "deployment_id, day, environment, completeness"
SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint" for name in REQUEST_SUMS)


def days(owner: Tenant, table: str) -> list[tuple[Any, ...]]:
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


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=settings.HOUR_RETENTION_DAYS + 20)])
def test_what_comes_late_is_in_it_whether_or_not_hours_are_still_kept(later: timedelta) -> None:
    owner, came = tenant(), traffic(602, 90, days=2)
    counted = []
    for some in (came[:60], came[60:]):
        store(owner, some)
        rebuild_all(now=NOW + later, of=[owner.organization_id])
        assert days(owner, "rollups_whole_day") == days(owner, "rollups_request_day")
        counted.append(sum(row[4] for row in days(owner, "rollups_whole_day")))
    assert counted == [60, 90]


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
