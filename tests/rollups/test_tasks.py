"""Messages are hints: what is due stands in the database."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.organizations import access
from apps.organizations.models import Organization
from apps.rollups import stored
from apps.rollups.expire import expire
from apps.rollups.models import Rebuild
from apps.rollups.sums import CUBES, REQUESTS
from apps.rollups.sweep import rebuild_all
from apps.rollups.tasks import rebuild, sweep
from apps.rollups.verify import verify
from apps.traces.models import StaleHour
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

pytestmark = pytest.mark.usefixtures("priced")


def test_the_sweep_claims_and_the_task_rebuilds(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = tenant()
    store(owner, traffic(80, 10, days=1))
    sent: list[tuple[int, ...]] = []
    monkeypatch.setattr(rebuild, "delay", lambda *ids: sent.append(ids))  # a worker of other tests may be running
    sweep.apply(throw=True)
    assert (owner.organization_id, owner.deployment_id) in sent
    claimed_until = Rebuild.objects.get(**owner.place).claimed_until
    assert claimed_until is not None
    assert claimed_until > timezone.now()
    while _is_stale(owner):  # a worker of this run may have got the message first, and be at it
        rebuild.apply(args=(owner.organization_id, owner.deployment_id), throw=True)
    assert Rebuild.objects.get(**owner.place).claimed_until is None


def _is_stale(owner: Tenant) -> bool:
    with access.scope(owner.organization_id):
        return StaleHour.objects.filter(**owner.place).exists()


def test_a_message_too_many_finds_nothing_to_do() -> None:
    owner = tenant()
    rebuild.apply(args=(owner.organization_id, owner.deployment_id), throw=True)
    assert Rebuild.objects.get(**owner.place).rebuilt_at is not None


def test_hours_expire_and_days_stay() -> None:
    owner = tenant()
    store(owner, traffic(81, 60, days=3))
    rebuild_all(now=NOW)
    days = [NOW.date() - timedelta(days=age) for age in range(5)]

    def rows(period: str) -> list[int]:
        read = stored.hour_cells if period == "hour" else stored.day_cells
        with access.scope(owner.organization_id):
            return [read(cube, days=days, **owner.place).height for cube in CUBES]

    hours, kept = rows("hour"), rows("day")
    assert all(hours)
    expire(now=NOW)
    assert rows("hour") == hours
    assert expire(now=NOW + timedelta(days=3_000)) >= sum(hours)
    assert (rows("hour"), rows("day")) == ([0] * len(CUBES), kept)
    with access.scope(owner.organization_id):
        assert stored.day_cells(REQUESTS, days=days, **owner.place)["requests"].sum() == 60


def test_the_command_rebuilds_one_organization_and_leaves_the_marks_of_others() -> None:
    one, other = tenant(), tenant()
    for owner in (one, other):
        store(owner, traffic(82, 5, days=1))
    said = StringIO()
    call_command("rebuild", organization=Organization.objects.get(pk=one.organization_id).slug, stdout=said)
    assert (_is_stale(one), _is_stale(other)) == (False, True)
    assert said.getvalue().startswith("1 rebuilds: ")
    with pytest.raises(CommandError, match=r"No organization is called nobody\."):
        call_command("rebuild", organization="nobody")


def test_everything_is_computed_anew_where_an_older_version_computed_it() -> None:
    owner = tenant()
    store(owner, traffic(83, 5, days=1))
    slug = Organization.objects.get(pk=owner.organization_id).slug

    def differs_after(**how: bool) -> bool:
        call_command("rebuild", organization=slug, stdout=StringIO(), **how)
        return any(one.different_cells for one in verify(organization_id=owner.organization_id, now=timezone.now()))

    assert not differs_after()
    with access.scope(owner.organization_id), connection.cursor() as cursor:
        cursor.execute("DELETE FROM rollups_request_day WHERE deployment_id = %s", [owner.deployment_id])
    assert differs_after()
    assert not differs_after(everything=True)
