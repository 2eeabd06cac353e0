"""What runs on the hosts: Postgres with the shipped settings, RabbitMQ, Valkey, and the platform's processes."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.rehearsal.network import PREFIX, Host, wait
from tollmark.embedded import unprivileged
from tollmark.embedded.postgres import DATABASE, installation_for
from tollmark.embedded.valkey import find_program
from tollmark.paths import ROOT

SECRET = "of-the-rehearsal"
START_WITHIN_S = 90
SMALLER = "shared_buffers = 64MB\neffective_cache_size = 256MB\nmax_wal_size = 256MB\nmaintenance_work_mem = 32MB\n"
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class Postgres:
    """A server on a host, with deploy/postgresql.conf but for the sizes."""

    def __init__(self, host: Host, home: Path) -> None:
        self.host, self.place = host, home / f"{host.name}-postgres"
        self.identity = unprivileged.choose(avoid_namespace=False)
        self.binaries = installation_for(self.place)
        self.place.mkdir(mode=0o755)
        if self.identity.user:
            os.chown(self.place, self.identity.user.pw_uid, self.identity.user.pw_gid)
            self.binaries = unprivileged.reachable_tree(self.binaries.parent, self.identity.user, self.place) / "bin"
        self.cluster = self.place / "cluster"
        self.url = f"postgresql://postgres:{SECRET}@{host.address}/{DATABASE}"

    def make(self) -> None:
        password = self.place / "password"
        password.write_text(SECRET)
        password.chmod(0o644)
        self._run(
            "initdb", "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password}", "--locale=C.UTF-8", "--no-sync"
        )
        with (self.cluster / "pg_hba.conf").open("a") as file:
            file.write(f"host all,replication all {PREFIX}.0/24 scram-sha-256\n")
        shipped = (ROOT / "deploy" / "postgresql.conf").read_text()
        (self.cluster / "postgresql.conf").write_text(shipped + SMALLER + "unix_socket_directories = ''\n")

    def copy(self, primary: "Postgres") -> None:
        """As a standby that streams from it."""
        source = primary.url.replace(f"/{DATABASE}", "/postgres") + f"?application_name={self.host.name}"
        self._run("pg_basebackup", f"--dbname={source}", "--write-recovery-conf", "--checkpoint=fast", "--no-sync")

    def start(self) -> None:
        self.host.start(self._command("postgres", "-D", str(self.cluster)), os.environ, log="postgres")
        wait(f"Postgres on {self.host.name}", self.answers, seconds=START_WITHIN_S)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url.replace(f"/{DATABASE}", "/postgres"), connect_timeout=2).close()
            return True
        return False

    def execute(self, statement: str, *, database: str = DATABASE) -> list[tuple[object, ...]]:
        with psycopg.connect(
            self.url.replace(f"/{DATABASE}", f"/{database}"), autocommit=True, connect_timeout=5
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str) -> object:
        return self.execute(statement)[0][0]

    def _run(self, program: str, *arguments: str) -> None:
        self.host.run(self._command(program, *arguments, "-D", str(self.cluster)), os.environ)

    def _command(self, program: str, *arguments: str) -> list[str]:
        if self.identity.user:
            prefix = [
                "setpriv",
                f"--reuid={self.identity.user.pw_uid}",
                f"--regid={self.identity.user.pw_gid}",
                "--clear-groups",
            ]
        else:
            prefix = self.identity.prefix
        return [*prefix, str(self.binaries / program), *arguments]


def start_rabbitmq(host: Host, home: Path) -> str:
    """Its URL."""
    folder = home / "rabbitmq"
    folder.mkdir()
    settings = f"default_user = tollmark\ndefault_pass = {SECRET}\nlisteners.tcp.default = 5672\nlog.console = true\n"
    (folder / "rabbitmq.conf").write_text(settings + "log.file = false\n")
    (folder / "plugins").write_text("[].\n")
    variables = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": "rabbit@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }
    host.start([str(RABBITMQ)], os.environ | variables, log="rabbitmq")
    wait("RabbitMQ", lambda: _listens(host.address, 5672), seconds=START_WITHIN_S)
    return f"amqp://tollmark:{SECRET}@{host.address}:5672/"


def start_valkey(host: Host, home: Path) -> str:
    folder = home / "valkey"
    folder.mkdir()
    words = ["--bind", host.address, "--port", "6379", "--requirepass", SECRET, "--save", "", "--dir", str(folder)]
    host.start([find_program(), *words], os.environ, log="valkey")
    wait("Valkey", lambda: _listens(host.address, 6379), seconds=START_WITHIN_S)
    return f"redis://:{SECRET}@{host.address}:6379/0"


def start_ingest(host: Host, variables: dict[str, str]) -> str:
    words = ["-m", "gunicorn", "--config", "deploy/gunicorn.ingest.py", "--bind", "0.0.0.0:8001", "tollmark.wsgi"]
    host.start([sys.executable, *words], variables | {"TOLLMARK_ROLE": "ingest"}, log="ingest")
    wait("the ways in", lambda: _listens(host.address, 8001), seconds=START_WITHIN_S)
    return f"http://{host.address}:8001"


def start_worker(host: Host, variables: dict[str, str]) -> None:
    """With a beat of its own, on each host: which of them sends a message makes no difference."""
    mine = variables | {"TOLLMARK_ROLE": "worker", "POLARS_MAX_THREADS": "1"}
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "tollmark", "--quiet"]
    options = ["--concurrency", "1", "--hostname", f"worker@{host.name}", "--without-gossip", "--without-mingle"]
    host.start([*celery, "worker", *options], mine, log="worker")
    schedule = host.logs / f"{host.name}-schedule"
    host.start([*celery, "beat", "--schedule", str(schedule), "--pidfile="], mine, log="beat")


def _listens(address: str, port: int) -> bool:
    with suppress(OSError):
        socket.create_connection((address, port), timeout=1).close()
        return True
    return False
