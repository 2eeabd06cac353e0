"""The kernel kills the worker's child, as for want of memory, whenever it takes up one deployment."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from apps.ingest.models import Derivation
from apps.organizations import access
from apps.pulse import tries
from apps.traces.models import StaleTrace
from tests import broker, live
from tests.connections import acting_as
from tests.rollups.tenants import NOW, Tenant, tenant
from tollmark.embedded.postgres import Postgres
from tollmark.up import programs

pytestmark = pytest.mark.kills


@pytest.fixture
def worker(database: None) -> Iterator[int]:
    """The process id of a worker with one child."""
    with live.running(programs.worker({**os.environ, "BROKER_URL": broker.APART}, processes=1)) as process:
        yield process.pid


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def until(met: Callable[[], bool], *, meanwhile: Callable[[], object] = lambda: None) -> None:
    deadline = time.monotonic() + 60
    while not met():
        assert time.monotonic() < deadline
        meanwhile()
        time.sleep(0.2)


def marked() -> Tenant:
    owner = tenant()
    with access.scope(owner.organization_id):
        StaleTrace.objects.create(**owner.place, trace_id="e" * 32, day=NOW.date(), marked_at=NOW)
    return owner


def marks(owner: Tenant) -> int:
    with access.scope(owner.organization_id):
        return StaleTrace.objects.filter(**owner.place).count()


def state(owner: Tenant) -> Derivation | None:
    return Derivation.objects.filter(**owner.place).first()


def tried(owner: Tenant) -> int:
    found = state(owner)
    return found.attempts if found else 0


def is_set_aside(owner: Tenant) -> bool:
    found = state(owner)
    return bool(found and found.quarantined_at)


def test_after_five_kills_it_is_set_aside_and_the_worker_goes_on(services: Postgres, worker: int) -> None:
    with acting_as("worker"):
        poisoned, healthy = marked(), marked()

        def send(owner: Tenant) -> None:
            broker.send("apps.ingest.tasks.derive_traces", owner.organization_id, owner.deployment_id)

        with psycopg.connect(services.url()) as superuser:
            for number in range(1, tries.MOST + 1):
                superuser.execute("LOCK TABLE traces_span IN ACCESS EXCLUSIVE MODE")  # so that it is met at its work
                until(lambda n=number: tried(poisoned) == n, meanwhile=lambda: send(poisoned))  # type: ignore[misc]
                for child in children(worker):
                    os.kill(child, signal.SIGKILL)
                superuser.rollback()
        until(lambda: is_set_aside(poisoned), meanwhile=lambda: send(poisoned))
        until(lambda: marks(healthy) == 0, meanwhile=lambda: send(healthy))
        assert marks(poisoned) == 1
        assert tried(poisoned) == tries.MOST
