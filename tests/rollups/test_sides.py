"""Several windows read together are what each of them is by itself."""

from datetime import timedelta
from typing import Any

from msgspec import structs

from apps.organizations import access
from apps.rollups.by_label import requests_by_labels
from apps.rollups.queries import Window, windows
from apps.rollups.rebuild import rebuild
from apps.rollups.sides import Asked, sides
from tests.rollups.tenants import NOW, Tenant, store, tenant, traffic

TODAY = NOW.date()
WEEK = timedelta(days=7)


def test_windows_of_other_days_environments_and_deployments_are_what_they_are_alone(as_worker: None) -> None:
    owner = tenant()
    store(owner, traffic(104, 300, days=20))
    rebuild(**owner.place, now=NOW)
    asked = [
        Asked(owner.deployment_id, TODAY - WEEK, TODAY, "production"),
        Asked(owner.deployment_id, TODAY - 2 * WEEK, TODAY - timedelta(days=3), None),  # days of both
        Asked(owner.deployment_id, TODAY + WEEK, TODAY + 2 * WEEK, None),
    ]
    with access.scope(owner.organization_id):
        found = sides(*asked, organization_id=owner.organization_id)
        for window, side in zip(asked, found, strict=True):
            days: Any = {"start": window.start, "end": window.end, "environment": window.environment}
            assert side.planned == requests_by_labels("task", "model", **owner.place, **days)
            assert side.window == _alone(owner, **days)
    assert found[0].window.totals.attempts.attempts
    assert not found[2].planned


def test_a_window_of_one_policy_is_that_of_a_deployment_with_nothing_else_without_attempts(as_worker: None) -> None:
    both, one = tenant(), tenant()
    came = [structs.replace(request, policy=f"v{n % 2}") for n, request in enumerate(traffic(106, 200, days=9))]
    for owner, some in ((both, came), (one, came[1::2])):
        store(owner, some)
        rebuild(**owner.place, now=NOW)
    days: Any = {"start": TODAY - WEEK, "end": TODAY, "environment": None}
    with access.scope(one.organization_id):
        alone = _alone(one, **days, with_attempts=False)
        planned = requests_by_labels("task", "model", **one.place, **days)
    with access.scope(both.organization_id):
        asked = Asked(both.deployment_id, TODAY - WEEK, TODAY, None, "v1")
        (found,) = sides(asked, organization_id=both.organization_id)
    assert found.planned == planned
    assert found.window == alone
    assert alone.totals.requests.requests


def _alone(owner: Tenant, **asked: Any) -> Window:
    one = owner.deployment_id
    return windows(organization_id=owner.organization_id, deployment_ids=[one], **asked)[one]


def test_a_stranger_sees_nothing_of_them(as_worker: None) -> None:
    owner, stranger = tenant(), tenant()
    store(owner, traffic(105, 20, days=3))
    rebuild(**owner.place, now=NOW)
    with access.scope(stranger.organization_id):
        (side,) = sides(Asked(owner.deployment_id, TODAY - WEEK, TODAY, None), organization_id=owner.organization_id)
    assert not side.planned
    assert not side.window.days
    assert not side.window.totals.sketches
