"""No post is taken while work for the worker piles up, or while the database's disk runs low."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from apps.ingest import pressure
from apps.organizations import access
from apps.rollups import backlog
from apps.rollups.models import Rebuild
from apps.traces.models import StaleHour
from tests.connections import acting_as
from tests.ingest.items import array, item
from tests.ingest.sender import NATIVE_PATH, OTLP_PATH, PROTOBUF, Sender, new_sender

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def sender(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """Before this process, which has not looked yet."""
    monkeypatch.setattr(pressure, "_found", pressure._Found(None, 0.0))
    yield new_sender("")
    with acting_as("worker"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_stalehour")


def look_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "_found", pressure._found._replace(until=0.0))


def post(client: Client, sender: Sender, path: str = NATIVE_PATH, kind: str = "application/json") -> Any:
    body = array([item()]) if path == NATIVE_PATH else b"never looked at"
    return client.post(path, body, content_type=kind, headers={"Authorization": f"Bearer {sender.key}"})


def mark(sender: Sender, count: int, *, at: datetime = NOW) -> None:
    place = {"organization_id": sender.organization_id, "deployment_id": sender.deployment_id}
    with acting_as("worker"), access.scope(sender.organization_id):
        StaleHour.objects.bulk_create(StaleHour(**place, hour=NOW, marked_at=at) for _ in range(count))


def test_marks_beyond_the_limit_are_503_until_they_are_collected(
    client: Client, sender: Sender, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INGEST_MOST_MARKS = backlog.look(most=10**6, using="ingest").marks + 20
    assert post(client, sender).status_code == 200
    mark(sender, 30)
    assert post(client, sender).status_code == 200, "what was found a moment ago still holds"
    look_anew(monkeypatch)
    refused = post(client, sender)
    assert (refused.status_code, refused.json()["code"]) == (503, "backlog")
    assert int(refused["Retry-After"]) >= 1
    exported = post(client, sender, OTLP_PATH, PROTOBUF)
    assert (exported.status_code, exported["Content-Type"]) == (503, PROTOBUF)
    assert exported.content.startswith(b"\x08\x0e")  # google.rpc.Status, UNAVAILABLE
    with acting_as("worker"), access.scope(sender.organization_id):
        StaleHour.objects.filter(organization_id=sender.organization_id).delete()
    look_anew(monkeypatch)
    assert post(client, sender).status_code == 200


def test_an_old_mark_is_503_where_that_is_asked_for(sender: Sender, settings: Settings) -> None:
    settings.INGEST_OLDEST_MARK = timedelta(days=3_000)
    mark(sender, 1, at=NOW - timedelta(days=2_999))
    assert pressure.look(now=NOW) is None
    assert pressure.look(now=NOW + timedelta(days=2)) == "backlog"


def test_marks_of_a_deployment_in_quarantine_hold_nobody_back(sender: Sender, settings: Settings) -> None:
    before = backlog.look(most=10**6, using="ingest").marks
    mark(sender, 30)
    assert backlog.look(most=10**6, using="ingest").marks == before + 30
    with acting_as("worker"):
        Rebuild.objects.create(
            organization_id=sender.organization_id,
            deployment_id=sender.deployment_id,
            edition=0,
            quarantined_at=NOW,
        )
    try:
        assert backlog.look(most=10**6, using="ingest").marks < before, "nor does the one of its declaration"
    finally:
        with acting_as("worker"):
            Rebuild.objects.filter(deployment_id=sender.deployment_id).delete()


@pytest.mark.parametrize(
    ("free", "total", "low"),
    [(1023, 10**6, True), (1024, 10**6, False), (3, 200, True), (4, 200, False), (0, 0, False)],
)
def test_a_disk_is_low_below_the_limit_or_a_fiftieth_of_a_small_one(
    settings: Settings, free: int, total: int, low: bool
) -> None:
    settings.LEAST_FREE_BYTES = 1024
    assert pressure.is_low(free=free, total=total) == low


def test_a_disk_that_runs_low_is_503(
    client: Client, sender: Sender, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATABASE_DISK = "/"
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=1, f_blocks=10**9, f_frsize=4096))
    refused = post(client, sender)
    assert (refused.status_code, refused.json()["code"]) == (503, "disk_low")
    assert refused["Retry-After"]


def test_where_no_disk_is_seen_the_size_of_the_database_is_the_limit(sender: Sender, settings: Settings) -> None:
    settings.DATABASE_MOST_BYTES = 1
    assert pressure.look(now=NOW) == "disk_low"
    settings.DATABASE_MOST_BYTES = 1 << 50
    assert pressure.look(now=NOW) is None
