"""A streaming replica of this run's Postgres."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import environment
from tollmark.embedded.children import dies_with_parent, free_port
from tollmark.embedded.postgres import SETTINGS, THROW_AWAY, Postgres

READY_WITHIN_S = 60


@contextmanager
def of(primary: Postgres) -> Iterator[str]:
    """Its URL, as superuser."""
    folder = Path(tempfile.mkdtemp(prefix="tollmark-standby-", dir="/var/tmp"))
    user = primary.identity.user
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    cluster, port = folder / "cluster", free_port()
    _copy(primary, cluster)
    settings = SETTINGS | THROW_AWAY | {"port": str(port), "max_standby_streaming_delay": "2s"}
    chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (environment.HOME / "standby.log").open("ab") as log:
        process = subprocess.Popen(
            [*primary.identity.prefix, str(primary.binaries / "postgres"), "-D", str(cluster), *chosen],
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_parent(signal.SIGQUIT),  # noqa: PLW1509  # started from the main thread
            start_new_session=True,
            **primary.identity.arguments(),
        )
        try:
            _wait(process, primary, port)
            yield _url(primary, port)
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(20)
            shutil.rmtree(folder, ignore_errors=True)


def _copy(primary: Postgres, cluster: Path) -> None:
    command = ["pg_basebackup", f"--dbname={primary.url('postgres')}", f"--pgdata={cluster}", "--write-recovery-conf"]
    subprocess.run(
        [*primary.identity.prefix, str(primary.binaries / command[0]), *command[1:], "--checkpoint=fast", "--no-sync"],
        check=True,
        **primary.identity.arguments(),
    )


def _url(primary: Postgres, port: int) -> str:
    return primary.url().replace(f":{primary.port}/", f":{port}/")


def _wait(process: subprocess.Popen[bytes], primary: Postgres, port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            return psycopg.connect(_url(primary, port), connect_timeout=3).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
