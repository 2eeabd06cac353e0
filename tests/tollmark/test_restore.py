"""Last night's backup, a lost server, and clients that send again what they had sent."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.utils import timezone

from apps.deployments.provision import Provisioned, provision
from tests import environment, live
from tests.connections import acting_as
from tests.live import LivePlatform
from tests.names import unique
from tests.tollmark import posts
from tollmark.embedded.postgres import Postgres
from tollmark.logins import url_of
from tollmark.paths import ROOT

pytestmark = pytest.mark.kills

REBUILT_WITHIN_S = 90
PASSWORD = "of-a-test"
BACKUP_ROLE = (
    "CREATE ROLE tollmark_backup LOGIN BYPASSRLS PASSWORD '{password}'",
    "GRANT CONNECT ON DATABASE tollmark TO tollmark_backup",
    "GRANT pg_read_all_data TO tollmark_backup",
)
"""As BACKUP.md says it."""
CELLS = """
SELECT md5(string_agg(md5(cells::text), '' ORDER BY md5(cells::text)))
FROM (SELECT c.* FROM rollups_{table} c JOIN deployments_deployment d ON d.id = c.deployment_id
      JOIN organizations_organization o ON o.id = d.organization_id WHERE o.slug = %s) cells
"""


@pytest.fixture
def made(database: None) -> Provisioned:
    name = unique("backup")
    with acting_as("worker"):
        return provision(
            organization=name,
            deployment="chat",
            email=f"{name}@example.com",
            password="long enough",
            now=timezone.now(),
        )


@pytest.fixture
def new_server(services: Postgres) -> Iterator[Postgres]:
    server = Postgres(environment.HOME / "restored", durable=False)
    with (environment.HOME / "restored.log").open("ab") as log:
        server.start(log.fileno())
    try:
        server.wait()
        yield server
    finally:
        assert server.process is not None
        server.process.kill()
        server.process.wait(20)
        server.remove()


def test_yesterdays_backup_and_clients_that_send_again_lose_and_double_nothing(
    services: Postgres, new_server: Postgres, live_platform_with_beat: LivePlatform, made: Provisioned, tmp_path: Path
) -> None:
    now = timezone.now()
    before = posts.batch("before", 600, until=now, over=timedelta(days=3))
    after = posts.batch("after", 400, until=now, over=timedelta(hours=5))
    slug = made.organization
    with psycopg.connect(services.url(), autocommit=True) as connection:
        for statement in BACKUP_ROLE:
            connection.execute(statement.format(password=PASSWORD))

    assert posts.send(live_platform_with_beat.url, made.ingest_key, before)["accepted"] == 600
    _wait_until_rebuilt(services, slug)
    dump = _backup(services, tmp_path)
    assert posts.send(live_platform_with_beat.url, made.ingest_key, after)["accepted"] == 400
    _wait_until_rebuilt(services, slug)
    wanted = _cells(services, slug)

    variables = _variables_of(new_server)
    _run(["sh", "deploy/restore.sh", str(dump)], variables)
    refused = subprocess.run(
        ["sh", "deploy/restore.sh", str(dump)], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "restore into an empty one" in refused.stderr
    with live.platform(with_beat=True, **variables) as restored:
        assert posts.send(restored.url, made.ingest_key, before)["duplicate"] == 600
        assert posts.send(restored.url, made.ingest_key, after)["accepted"] == 400
        assert posts.send(restored.url, made.ingest_key, after)["duplicate"] == 400
        _wait_until_rebuilt(new_server, slug)
    assert _cells(new_server, slug) == wanted
    verified = _run([sys.executable, "-m", "tollmark", "verify", "--organization", slug], variables)
    assert "1 deployments, 1,000 requests" in verified
    assert "all equal" in verified


def _backup(server: Postgres, folder: Path) -> Path:
    url = urlsplit(server.url())._replace(netloc=f"tollmark_backup:{PASSWORD}@127.0.0.1:{server.port}").geturl()
    said = _run(["sh", "deploy/backup.sh"], _tools(server) | {"DATABASE_BACKUP_URL": url, "BACKUP_DIR": str(folder)})
    (dump,) = folder.iterdir()
    assert said.strip() == str(dump)
    return dump


def _variables_of(server: Postgres) -> dict[str, str]:
    owner = url_of("owner", url=server.url(), secret_key=os.environ["SECRET_KEY"])
    broker = os.environ["REDIS_URL"].removesuffix("/0") + "/1"
    return _tools(server) | {"DATABASE_URL": owner, "DATABASE_ADMIN_URL": server.url(), "REDIS_URL": broker}


def _tools(server: Postgres) -> dict[str, str]:
    roles = {"PYTHON": sys.executable, "PG_BIN": str(server.binaries)}
    return {name: value for name, value in os.environ.items() if name != "TOLLMARK_ROLE"} | roles


def _run(command: list[str], variables: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


def _wait_until_rebuilt(server: Postgres, slug: str) -> None:
    waiting = (
        "SELECT count(*) FROM traces_stalehour s JOIN organizations_organization o ON o.id = s.organization_id"
        " WHERE o.slug = %s"
    )
    deadline = time.monotonic() + REBUILT_WITHIN_S
    with psycopg.connect(server.url(), autocommit=True) as connection:
        while connection.execute(waiting, [slug]).fetchone() != (0,):
            assert time.monotonic() < deadline
            time.sleep(0.2)


def _cells(server: Postgres, slug: str) -> list[str]:
    tables = ("request_hour", "request_day", "attempt_hour", "attempt_day")
    with psycopg.connect(server.url()) as connection:
        rows = [connection.execute(CELLS.format(table=table), [slug]).fetchone() for table in tables]
    found = [row[0] for row in rows if row is not None]
    assert all(found)
    return found
