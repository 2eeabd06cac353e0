"""Posts in any order, over and over, and late by an hour, six days and thirty-four: the cells are those of one pass."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from apps.organizations import access
from apps.rollups import stored
from apps.rollups.rebuild import rebuild
from apps.rollups.sums import CUBES
from apps.rollups.verify import verify
from tests.connections import acting_as
from tests.ingest.items import attempt, item
from tests.ingest.sender import Sender, new_sender
from tests.live import LivePlatform

LATE = (timedelta(0), timedelta(hours=1), timedelta(days=6), timedelta(days=34))


def requests(now: datetime, rng: random.Random) -> list[dict[str, Any]]:
    return [
        item(
            f"{late}-{n}",
            at=now - late - timedelta(seconds=rng.randrange(7_000)),
            task=rng.choice("abc"),
            tags={"team": rng.choice("xyz")},
            attempts=[attempt(model=rng.choice(("gpt-4o", "gpt-4o-mini")), latency_ms=rng.randrange(1, 9_000))],
        )
        for late in LATE
        for n in range(60)
    ]


def roll_up(sender: Sender, now: datetime) -> None:
    with acting_as("worker"):
        while (done := rebuild(**place(sender), now=now)) and done.left:
            pass


def cells(sender: Sender, now: datetime) -> list[pl.DataFrame]:
    days = [(now - timedelta(days=n)).date() for n in range(36)]
    with acting_as("worker"), access.scope(sender.organization_id):
        found = [
            kind(cube, days=days, **place(sender)) for cube in CUBES for kind in (stored.hour_cells, stored.day_cells)
        ]
    return [frame.sort(frame.columns[:8]) for frame in found]


def place(sender: Sender) -> dict[str, Any]:
    return {"organization_id": sender.organization_id, "deployment_id": sender.deployment_id}


def test_no_order_no_repetition_and_no_delay_changes_a_cell(live_platform: LivePlatform) -> None:
    now, rng = datetime.now(UTC), random.Random(16)
    sent = requests(now, rng)
    ordered, shuffled = new_sender(live_platform.url), new_sender(live_platform.url)
    ordered.send(sorted(sent, key=lambda one: str(one["received_at"])))
    roll_up(ordered, now)
    rng.shuffle(sent)
    for part in (sent[:100], sent[50:170], sent[170:], sent):
        shuffled.send(part)
        roll_up(shuffled, now)
    assert shuffled.count("traces_request") == len(sent)
    for one, other in zip(cells(ordered, now), cells(shuffled, now), strict=True):
        assert one.height
        assert one.equals(other)
    with acting_as("worker"):
        (verified,) = verify(organization_id=shuffled.organization_id, now=now)
    assert (verified.different_cells, verified.pending) == (0, 0)
