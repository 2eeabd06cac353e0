"""Several windows read together are what each of them is by itself."""

from datetime import timedelta
from typing import Any

from msgspec import structs

from apps.organizations import access
from apps.rollups.by_label import requests_by_labels
from apps.rollups.queries import windows
from apps.rollups.rebuild import rebuild
from apps.rollups.sides import Asked, sides
from tests.rollups.tenants import NOW, store, tenant, traffic

TODAY = NOW.date()
WEEK = timedelta(days=7)


def test_windows_of_other_days_environments_and_policies_are_what_they_are_alone(as_worker: None) -> None:
    owner = tenant()
    came = traffic(104, 300, days=20)
    store(owner, [structs.replace(one, policy=f"v{n % 2}") for n, one in enumerate(came)])
    rebuild(**owner.place, now=NOW)
    one = owner.deployment_id
    asked = [
        Asked(one, TODAY - WEEK, TODAY, "production"),
        Asked(one, TODAY - 2 * WEEK, TODAY - timedelta(days=3), None),  # days of both
        Asked(one, TODAY - WEEK, TODAY, None, "v1"),
        Asked(one, TODAY + WEEK, TODAY + 2 * WEEK, None),
    ]
    with access.scope(owner.organization_id):
        found = sides(*asked, organization_id=owner.organization_id)
        for window, side in zip(asked, found, strict=True):
            days: Any = {"start": window.start, "end": window.end, "environment": window.environment}
            alone = windows(organization_id=owner.organization_id, deployment_ids=[one], policy=window.policy, **days)
            assert side.window == alone[one]
            planned = requests_by_labels("task", "model", "policy", **owner.place, **days)
            requests = sum(sums.requests for key, sums in planned.items() if window.policy in (None, key[2]))
            assert sum(sums.requests for sums in side.planned.values()) == requests
            if window.policy is None:
                assert side.planned == requests_by_labels("task", "model", **owner.place, **days)
    assert found[0].window.totals.attempts.attempts
    assert found[2].window.totals.requests.requests
    assert not found[2].window.totals.attempts.attempts
    assert not found[3].planned


def test_a_stranger_sees_nothing_of_them(as_worker: None) -> None:
    owner, stranger = tenant(), tenant()
    store(owner, traffic(105, 20, days=3))
    rebuild(**owner.place, now=NOW)
    with access.scope(stranger.organization_id):
        (side,) = sides(Asked(owner.deployment_id, TODAY - WEEK, TODAY, None), organization_id=owner.organization_id)
    assert not side.planned
    assert not side.window.days
    assert not side.window.totals.sketches
