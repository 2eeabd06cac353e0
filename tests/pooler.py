"""Debian's pgbouncer, in transaction mode and as deploy/pgbouncer.ini has it, before the Postgres of a test run."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests import environment
from tollmark.embedded.children import dies_with_parent
from tollmark.embedded.postgres import Postgres
from tollmark.logins import urls_of_roles
from tollmark.paths import ROOT

START_WITHIN_S = 10
POOL_SIZE = 4
"""Small on purpose: sessions are shared from the second transaction on."""


@contextmanager
def before(postgres: Postgres) -> Iterator[None]:
    """On the port that the settings of this run name."""
    port = environment.port_of(environment.POOLER_PORT)
    folder = Path(tempfile.mkdtemp(prefix="tollmark-pooler-", dir="/var/tmp"))
    (folder / "userlist.txt").write_text("".join(_users()))
    (folder / "pgbouncer.ini").write_text(_configuration(folder, port=port, server_port=postgres.port))
    process = subprocess.Popen(
        ["pgbouncer", "--quiet", str(folder / "pgbouncer.ini")],
        preexec_fn=dies_with_parent(),  # noqa: PLW1509  # started from the main thread
        **_as_somebody_else(folder),
    )
    try:
        _wait(process)
        yield
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def _configuration(folder: Path, *, port: int, server_port: int) -> str:
    """The one that is shipped, with ports, paths and the size of the pool of this run."""
    text = (ROOT / "deploy" / "pgbouncer.ini").read_text()
    changes = {
        r"port=5432": f"port={server_port}",
        r"(?m)^listen_port = .*": f"listen_port = {port}",
        r"(?m)^auth_file = .*": f"auth_file = {folder}/userlist.txt",
        r"(?m)^default_pool_size = .*": f"default_pool_size = {POOL_SIZE}",
        r"\Z": f"logfile = {folder}/log\nlog_connections = 0\nlog_disconnections = 0\n",
    }
    for pattern, text_of_run in changes.items():
        text, count = re.subn(pattern, text_of_run, text, count=1)
        assert count == 1, pattern
    return text


def _users() -> Iterator[str]:
    for url in [*urls_of_roles(os.environ).values(), os.environ["DATABASE_URL"]]:
        parts = urlsplit(url)
        yield f'"{parts.username}" "{parts.password}"\n'


def _as_somebody_else(folder: Path) -> dict[str, Any]:
    """pgbouncer refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def _wait(process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
