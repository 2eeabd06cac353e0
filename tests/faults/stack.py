"""The whole platform under `manage.py up`, on a Postgres and a Valkey of its own that a test may kill, stop and fill."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests.ingest.sender import Sender, new_sender
from tests.tollmark import running
from tests.tollmark.running import Up
from tollmark import logins
from tollmark.embedded.children import ServiceError, free_port
from tollmark.embedded.postgres import Postgres
from tollmark.embedded.valkey import Valkey

MEBIBYTE = 1 << 20


class Stack:
    """`postgres` and `valkey` are the test's to start and stop; gunicorn, worker and beat are kept up by `up`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.postgres = Postgres(home, port=free_port())
        self.valkey = Valkey(home, port=free_port())
        self.log = (home / "servers.log").open("ab")
        self.start_postgres()
        self.start_valkey()
        key, admin = os.environ["SECRET_KEY"], self.postgres.url()
        self.up = Up(
            home / "up",
            variables={
                "SECRET_KEY": key,
                "DATABASE_ADMIN_URL": admin,
                "DATABASE_URL": logins.url_of("owner", url=admin, secret_key=key),
                "REDIS_URL": self.valkey.url(),
                "WEB_CONCURRENCY": "2",
                "TOLLMARK_STATIC": "sources",
            },
        )
        self.url = self.up.url

    def start_postgres(self) -> None:
        """Start it, or start it again after it was stopped or killed."""
        self.postgres.start(self.log.fileno())
        self.postgres.wait(60)

    def start_valkey(self) -> None:
        self.valkey.start(self.log.fileno())
        self.valkey.wait()

    def postgres_is_kept_up(self) -> None:
        """What a supervisor does: start it again, as often as it ends."""
        for _ in range(10):
            process = self.postgres.process
            with suppress(ServiceError):
                if process is None or process.poll() is not None:
                    self.start_postgres()
                with self.admin():
                    return
            time.sleep(0.5)
        raise AssertionError("Postgres does not come back")

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """No byte is free where Postgres keeps its data."""
        assert self.home.is_mount(), "a disk can only be filled where a small one may be mounted: run this test as root"
        assert self.home in self.postgres.cluster.parents, "Postgres keeps its data elsewhere: it needs user namespaces"
        ballast = self.home / "ballast"
        try:
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(MEBIBYTE))
            yield
        finally:
            ballast.unlink()

    def stop_postgres(self, how: signal.Signals = signal.SIGINT) -> None:
        _end(self.postgres.process, how)

    def stop_valkey(self, how: signal.Signals = signal.SIGKILL) -> None:
        _end(self.valkey.process, how)

    def admin(self) -> psycopg.Connection[Any]:
        """As superuser, who sees past every wall."""
        return psycopg.connect(self.postgres.url(), autocommit=True, connect_timeout=5)

    def redis(self) -> "redis.Redis":
        return redis.Redis.from_url(self.valkey.url())

    def ask(self, path: str, *, seconds: float = 10) -> int:
        """The status of a GET; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=seconds) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def sender(self) -> Sender:
        return new_sender(self.url)

    def children_of(self, name: str) -> list[int]:
        """Process ids below one of the kept programs: gunicorn's workers, or the pool of Celery's."""
        parent = self.up.children().get(name)
        return running.children_of(parent) if parent else []

    def wait_until_back(self, *names: str) -> None:
        """Until these programs run and the web server says that it is ready."""
        wait_for(lambda: all(name in self.up.children() for name in names), "programs start", seconds=60)
        wait_for(lambda: self.ask("/readyz") == 200, "ready", seconds=60)

    def stop(self) -> None:
        if self.up.process.poll() is None:
            self.up.interrupt()
        for process in (self.postgres.process, self.valkey.process):
            _end(process, signal.SIGQUIT if process is self.postgres.process else signal.SIGKILL)
        self.postgres.remove()
        self.log.close()


@contextmanager
def stack(home: Path) -> Iterator[Stack]:
    """Up, with worker and beat started."""
    made = Stack(home)
    try:
        made.up.wait_for("Tollmark is at")
        yield made
    finally:
        made.stop()


def wait_for(happened: Callable[[], bool], what: str, *, seconds: float) -> None:
    assert running.wait_until(happened, seconds=seconds), f"not within {seconds:g} s: {what}"


def kill(*pids: int, how: signal.Signals = signal.SIGKILL) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, how)


def _end(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    time.sleep(0.05)
