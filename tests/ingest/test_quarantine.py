"""A deployment whose spans kill whatever derives them is set aside, and stands in nobody's way."""

import time
from datetime import UTC, datetime

import pytest

from apps.ingest import derivations, rederive
from apps.ingest.models import Derivation
from apps.ingest.rederive import waiting
from apps.ingest.resolve import Owner
from apps.pulse import tries
from tests.connections import acting_as
from tests.ingest.sender import Sender
from tests.ingest.test_export import derive_now, export
from tests.ingest.test_otlp import good

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class DiskFull(Exception):
    sqlstate = "53100"


def owner_of(sender: Sender) -> Owner:
    return Owner(sender.organization_id, sender.deployment_id)


def state_of(sender: Sender) -> Derivation:
    with acting_as("worker"):
        return Derivation.objects.get(**owner_of(sender)._asdict())


def is_waiting(sender: Sender) -> bool:
    with acting_as("worker"):
        return tuple(owner_of(sender)) in waiting()


def dies(sender: Sender, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_: object) -> object:
        raise error

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rederive, "facts_of", broken)
        with pytest.raises(type(error)):
            derive_now(sender)


@pytest.fixture
def poisoned(sender: Sender) -> Sender:
    """With a mark that the running worker does not hear of: no hint is sent."""
    with acting_as("worker"):
        derivations.begin(owner_of(sender), now=NOW)
        derivations.finish(owner_of(sender))
    sender.export(export(good))
    deadline = time.monotonic() + 20
    while sender.count("traces_staletrace"):  # what the worker was told of, it derives
        assert time.monotonic() < deadline
        time.sleep(0.05)
    rows = sender.rows("traces_request", "trace_id, day")
    with acting_as("worker"):
        from apps.organizations import access
        from apps.traces.models import StaleTrace

        with access.scope(sender.organization_id):
            StaleTrace.objects.bulk_create(
                StaleTrace(**owner_of(sender)._asdict(), trace_id=row["trace_id"], day=row["day"], marked_at=NOW)
                for row in rows
            )
    return sender
