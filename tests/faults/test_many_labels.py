"""A million distinct labels from one key: what a rollup holds stays bounded and whole, it is said, and nobody else notices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.dashboards.pages.health import whys
from apps.dashboards.queries.health import health_of
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.rollups.by_label import attempts_by
from apps.rollups.labels import LIMITS, MOST_CELLS, MOST_TAG_KEYS, MOST_TAG_VALUES, OTHER
from apps.rollups.rebuild import rebuild
from apps.rollups.verify import Verified, verify
from tests.connections import acting_as
from tests.faults.invariant import balanced
from tests.faults.load import Load
from tests.ingest.items import array, item
from tests.ingest.sender import Sender, new_sender
from tests.live import LivePlatform

pytestmark = pytest.mark.kills
REQUESTS, ATTEMPTS, TAGS, A_POST = 7_700, 64, 30, 700
LABELS = REQUESTS * (2 * ATTEMPTS + 3 + TAGS)
FOLDED = ["model", "policy", "provider", "route", "task"]


def posts(at: datetime) -> Iterator[bytes]:
    """Every provider, model, route, task, policy and value of a tag is told once."""
    for first in range(0, REQUESTS, A_POST):
        yield array(
            [
                item(
                    f"r-{n}",
                    at=at,
                    route=f"route {n}",
                    task=f"task {n}",
                    policy=f"policy {n}",
                    tags={f"key {m}": f"{n} {m}" for m in range(TAGS)},
                    attempts=[{"provider": f"p {n} {m}", "model": f"m {n} {m}"} for m in range(ATTEMPTS)],
                )
                for n in range(first, first + A_POST)
            ]
        )


def rolled_up(sender: Sender, *, now: datetime) -> Verified:
    with acting_as("worker"):
        while (done := rebuild(**place(sender), now=now)) and done.left:
            pass
        (verified,) = verify(organization_id=sender.organization_id, now=now)
    assert not verified.different_cells
    assert not verified.pending
    return verified


def place(sender: Sender) -> dict[str, Any]:
    return {"organization_id": sender.organization_id, "deployment_id": sender.deployment_id}


def by_model(sender: Sender, day: date) -> dict[tuple[str, ...], int]:
    with acting_as("web"), access.scope(sender.organization_id):
        found = attempts_by("model", **place(sender), start=day, end=day)
    return {labels: sums.attempts for labels, sums in found.items()}


def test_a_million_labels_of_one_key_are_bounded_counted_and_told_and_others_do_not_notice(
    live_platform: LivePlatform,
) -> None:
    now = datetime.now(UTC)
    at = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    assert LABELS > 1_000_000
    crowd = new_sender(live_platform.url)
    with Load(new_sender(live_platform.url), threads=1, spans=False, pause_s=0.2) as neighbour:
        for body in posts(at):
            assert crowd.post(body).counts == (A_POST, 0, 0, 0)
        neighbour.wait_for_answers(3)
    assert set(neighbour.statuses) == {200}
    balanced(neighbour)
    for sender, requests in ((crowd, REQUESTS), (neighbour.sender, neighbour.sender.count("traces_request"))):
        assert rolled_up(sender, now=datetime.now(UTC)).requests == requests

    models = by_model(crowd, at.date())
    assert len(models) <= LIMITS["model"] + 1
    assert sum(models.values()) == REQUESTS * ATTEMPTS
    assert models[OTHER,] == REQUESTS * ATTEMPTS - (len(models) - 1)
    assert max(crowd.count(f"rollups_{cube}_hour") for cube in ("request", "attempt")) < MOST_CELLS
    assert crowd.count("rollups_tag_hour") == MOST_TAG_KEYS * (MOST_TAG_VALUES + 1) + 1
    assert folded(crowd) == FOLDED
    assert folded(neighbour.sender) == []


def folded(sender: Sender) -> list[str]:
    """As the deployment's page says it."""
    with acting_as("web"), access.scope(sender.organization_id):
        deployment = Deployment.objects.get(pk=sender.deployment_id)
        told = health_of(deployment, zone=ZoneInfo("UTC"), now=datetime.now(UTC))
    return [one.code for one in whys(told) if "added up" in one.kind]
