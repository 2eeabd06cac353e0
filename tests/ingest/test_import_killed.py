"""A worker that is killed while it reads a file, and the one that goes on."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.ingest.models import Import
from apps.organizations import access
from tests import broker, live
from tests.connections import acting_as
from tests.ingest.files import counts, handed, helicone, ndjson, now_of
from tests.ingest.sender import new_sender
from tests.ingest.waiting import eventually
from tollmark.up import programs

pytestmark = [pytest.mark.kills, pytest.mark.usefixtures("database")]
ROWS = 30_000
PATIENCE_S = 90


def test_every_row_is_counted_once_although_the_worker_was_killed_on_the_way() -> None:
    tenant = new_sender("")
    one = handed(tenant, ndjson([helicone(n) for n in range(ROWS)]))
    variables = {**os.environ, "BROKER_URL": broker.APART}
    with live.running(programs.worker(variables, processes=1)) as worker:
        broker.send("apps.ingest.tasks.run_import", one.organization_id, one.pk)
        eventually(lambda: now_of(one).rows > 0, PATIENCE_S)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    rows, accepted, *_ = counts(one)
    assert 0 < rows < ROWS
    assert (accepted, tenant.count("traces_request"), tenant.count("traces_attempt")) == (rows, rows, rows)
    with acting_as("worker"), access.scope(one.organization_id):
        # As if a minute had passed: the lease of the dead one has run out.
        Import.objects.filter(pk=one.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    with live.running(programs.worker(variables, processes=1)):
        broker.send("apps.ingest.tasks.run_import", one.organization_id, one.pk)
        eventually(lambda: now_of(one).state == Import.State.DONE, PATIENCE_S)
    assert counts(one) == (ROWS, ROWS, 0, 0, 0)
    assert (tenant.count("traces_request"), tenant.count("traces_attempt")) == (ROWS, ROWS)
