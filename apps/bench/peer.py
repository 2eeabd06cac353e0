"""Other platforms that take OTLP: installed into environments of their own, started as their documentation says."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from apps.bench import stack

START_WITHIN_S = 180.0
LOOPBACK = "127.0.0.1"


class PeerError(Exception):
    """Why a peer cannot be measured here."""


@dataclass(frozen=True)
class Peer:
    name: str
    requirement: str
    command: tuple[str, ...]
    """With `{port}` and `{folder}` to be filled in."""
    database: str
    """The SQLite file in its folder; its table `spans` holds a row a span."""
    variables: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


PEERS = (
    Peer(
        "Phoenix",
        "arize-phoenix==20.26.1",
        ("phoenix", "serve"),
        "phoenix.db",
        {
            "PHOENIX_HOST": LOOPBACK,
            "PHOENIX_PORT": "{port}",
            "PHOENIX_GRPC_PORT": "{other_port}",
            "PHOENIX_WORKING_DIR": "{folder}",
            "PHOENIX_TELEMETRY_ENABLED": "false",
        },
    ),
    Peer(
        "MLflow",
        "mlflow==3.17.2",
        (
            *("mlflow", "server", "--host", LOOPBACK, "--port", "{port}", "--workers", "2"),
            *("--backend-store-uri", "sqlite:///{folder}/mlflow.db", "--default-artifact-root", "{folder}/artifacts"),
        ),
        "mlflow.db",
        {"MLFLOW_DISABLE_TELEMETRY": "true"},
        {"x-mlflow-experiment-id": "0"},
    ),
)


def install(peer: Peer, environments: Path) -> Path:
    """The folder of its programs; raises PeerError with what the installer said."""
    home = environments / peer.name.lower()
    programs = home / "bin"
    if (programs / peer.command[0]).exists():
        return programs
    uv = shutil.which("uv")
    commands = [
        [uv, "venv", str(home), "--python", sys.executable] if uv else [sys.executable, "-m", "venv", str(home)],
        [uv, "pip", "install", "--python", str(programs / "python"), peer.requirement]
        if uv
        else [str(programs / "python"), "-m", "pip", "install", peer.requirement],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeerError(f"{peer.requirement} could not be installed: {done.stderr.strip()[-300:]}")
    return programs


@contextmanager
def running(peer: Peer, programs: Path, folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """(port, process) of the peer with an empty store in `folder`; killed with all below it at the end of the block."""
    folder.mkdir(parents=True)
    port = stack.free_port()
    filled = {"port": str(port), "other_port": str(stack.free_port()), "folder": str(folder)}
    command = [part.format(**filled) for part in peer.command]
    variables = {name: value.format(**filled) for name, value in peer.variables.items()}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(programs / command[0]), *command[1:]],
            cwd=folder,
            env=_plain_environment(programs) | variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait(port, process, folder / "log")
            yield port, process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """It and all of its session, with SIGKILL."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def spans_in(peer: Peer, folder: Path) -> int:
    """How many are durable, as another process sees them."""
    try:
        with closing(sqlite3.connect(folder / peer.database, timeout=30)) as database:
            return int(database.execute("SELECT count(*) FROM spans").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _plain_environment(programs: Path) -> dict[str, str]:
    """Without what leads Python and Django to us."""
    kept = {name: value for name, value in os.environ.items() if name in ("LANG", "HOME", "TMPDIR")}
    return kept | {"PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise PeerError(f"it did not start: {log.read_text(errors='replace')[-300:]}") from error
        time.sleep(0.3)
