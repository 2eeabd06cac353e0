"""A web server of its own on the servers that the environment names, and whose processes spend what.

The platform is named by strings and run as processes, since no app may import it.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.core.management import CommandError
from django.db import connection

from apps.bench import measure

ANSWER_WITHIN_S = 60.0
CONFIGURATION = Path("deploy") / "gunicorn.conf.py"


@dataclass(frozen=True)
class Stack:
    host: str
    port: int
    server: int
    """Process id of gunicorn's master."""

    def groups(self) -> Mapping[str, set[int]]:
        """Processes whose time counts: the web server, and Postgres with its sessions and writers."""
        return {"server": measure.tree(self.server), "postgres": postgres()}

    def kill(self) -> None:
        """The master and its processes at once, with SIGKILL."""
        for pid in measure.tree(self.server):
            os.kill(pid, signal.SIGKILL)


def prepare(*, days: int) -> None:
    """Tables and the day partitions of the last `days` days, made as the owner."""
    for command in (["migrate", "--verbosity", "0"], ["partitions", "--days", str(days)]):
        _run([sys.executable, "-m", "tollmark", *command], role="owner")


@contextmanager
def serving(
    *,
    workers: int = 1,
    kind: str = "gthread",
    application: str = "tollmark.wsgi",
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Stack]:
    """gunicorn as deployed, with `workers` processes of `kind`, until the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "--bind", f"127.0.0.1:{port}"]
    # gunicorn takes `sync` with several threads to mean `gthread`.
    threads = "1" if kind == "sync" else "8"
    process = subprocess.Popen(
        [*command, "--workers", str(workers), "--worker-class", kind, "--threads", threads, application],
        cwd=settings.BASE_DIR,
        env=environment("web") | {"TOLLMARK_LOG_LEVEL": "WARNING", **variables},
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz", process)
        yield Stack("127.0.0.1", port, process.pid)
    finally:
        _stop(process)


@contextmanager
def working() -> Iterator[int]:
    """A Celery worker of one process, with beat, until the end of the block; the process id of its master."""
    with tempfile.TemporaryDirectory(prefix="tollmark-beat-") as folder:
        command = [sys.executable, "-m", "celery", "--app", "tollmark", "worker", "--concurrency", "1"]
        process = subprocess.Popen(
            [*command, "--loglevel", "ERROR", "--beat", "--schedule", f"{folder}/schedule"],
            cwd=settings.BASE_DIR,
            env=environment("worker") | {"TOLLMARK_LOG_LEVEL": "ERROR", "POLARS_MAX_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # where it writes its banner, and we write figures
        )
        try:
            yield process.pid
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """At once, which both servers take SIGQUIT to mean: nobody waits for an answer any more."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        for pid in measure.tree(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def own_groups() -> Mapping[str, set[int]]:
    """For work that this process does itself."""
    return {"server": {os.getpid()}, "postgres": postgres()}


def postgres() -> set[int]:
    """The postmaster's processes; it is the parent of our own session's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        session = cursor.fetchone()[0]
    status = Path(f"/proc/{session}/stat")
    if not status.exists():
        raise CommandError("Postgres does not run on this machine, so its CPU time cannot be read.")
    return measure.tree(int(status.read_text().rpartition(")")[2].split()[1]))


def _run(command: list[str], *, role: str) -> None:
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment(role), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"{' '.join(command[2:])} failed: {done.stderr[-2_000:]}")


def environment(role: str) -> dict[str, str]:
    """Of a process of the platform with the rights of `role`."""
    return os.environ | {"TOLLMARK_ROLE": role, "TOLLMARK_STATIC": "sources"}


def free_port() -> int:
    """Of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10):  # noqa: S310  # an address of ours
                return
        except (urllib.error.HTTPError, OSError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise CommandError(f"The web server does not answer: {error}") from error
        time.sleep(0.1)
