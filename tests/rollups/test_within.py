"""Sets of hours as conditions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.organizations import access
from apps.rollups.raw import count_rows, read
from apps.rollups.within import MOST_RANGES, apart, stretches
from tests.rollups.tenants import NOW, store, tenant, traffic

HOUR = timedelta(hours=1)


def test_hours_without_a_gap_are_one_stretch() -> None:
    start = datetime(2026, 11, 1, 22, tzinfo=UTC)
    assert stretches([start, start + HOUR, start + 4 * HOUR], HOUR) == [
        (start, start + HOUR),
        (start + 4 * HOUR, start + 4 * HOUR),
    ]


@pytest.mark.parametrize("step", [1, 2, 5])
def test_few_ranges_and_many_hours_find_the_same_rows(priced: None, step: int) -> None:
    owner = tenant()
    requests = traffic(50, 200, days=14)
    store(owner, requests)
    hours = [NOW - n * HOUR for n in range(0, 14 * 24, step)]
    assert step < 5 or len(hours) > MOST_RANGES
    wanted = {one.request_id for one in requests if one.received_at.replace(minute=0, second=0) in set(hours)}
    with access.scope(owner.organization_id):
        found = read(**owner.place, hours=hours)
        counted = count_rows(**owner.place, hours=hours, large_day=100)
        each = count_rows(**owner.place, hours=hours, large_day=0)
        told = count_rows(**owner.place, hours=hours, large_day=100, known={hours[0].date(): 1_000_000})
    assert sorted(found.requests["request_id"]) == sorted(wanted)
    assert sum(counted.values()) == sum(each.values()) == len(wanted)
    assert max(each.values()) < max(counted.values())
    assert sum(told.values()) == len(wanted), "a day that is said to be large is counted by the hour"
    assert connection.in_atomic_block is False


def test_scattered_hours_beside_whole_days_are_each_read_once(priced: None) -> None:
    owner = tenant()
    requests = traffic(51, 300, days=20)
    store(owner, requests)
    midnight = NOW.replace(hour=0)
    whole = [midnight - timedelta(days=day) + n * HOUR for day in (2, 3, 7) for n in range(24)]
    scattered = [
        midnight - timedelta(days=day) + n * HOUR for day in (1, 4, 5, 6, 9, 12, 15, 18) for n in range(0, 24, 2)
    ]
    hours = [*scattered[::-1], *whole, *scattered[:5]]
    asked = apart(hours)
    assert len(asked) == 1 + 8
    assert {hour for some in asked for hour in some} == set(hours)
    wanted = [one for one in requests if one.received_at.replace(minute=0, second=0, microsecond=0) in set(hours)]
    with access.scope(owner.organization_id):
        found = read(**owner.place, hours=hours)
    assert sorted(found.requests["request_id"]) == sorted(one.request_id for one in wanted)
    assert found.attempts.height == sum(len(one.attempts) for one in wanted) > 0
