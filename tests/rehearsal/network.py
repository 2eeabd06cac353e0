"""Hosts of a small network: namespaces of this process's own, joined by a bridge, gone with it."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

BRIDGE = "hosts"
PREFIX = "10.83.0"


def build() -> None:
    """Inside `unshare --net --mount`: nothing of it is seen outside."""
    _ip("link", "set", "lo", "up")
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{PREFIX}.1/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")


class Host:
    """One machine; what `start`s on it dies with its power."""

    def __init__(self, name: str, number: int, logs: Path) -> None:
        self.name, self.address, self.logs = name, f"{PREFIX}.{number}", logs
        self.processes: list[subprocess.Popen[bytes]] = []
        _ip("netns", "add", name)
        _ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", name, "master", BRIDGE, "up")
        for words in (("addr", "add", f"{self.address}/24", "dev", "eth0"), ("link", "set", "eth0", "up")):
            _ip("-n", name, *words)
        _ip("-n", name, "link", "set", "lo", "up")

    def command(self, words: Sequence[str]) -> list[str]:
        return ["ip", "netns", "exec", self.name, *words]

    def start(self, words: Sequence[str], variables: Mapping[str, str], *, log: str) -> subprocess.Popen[bytes]:
        with (self.logs / f"{self.name}-{log}.log").open("ab") as output:
            process = subprocess.Popen(
                self.command(words), env=dict(variables), stdout=output, stderr=output, start_new_session=True
            )
        self.processes.append(process)
        return process

    def run(self, words: Sequence[str], variables: Mapping[str, str]) -> str:
        done = subprocess.run(self.command(words), env=dict(variables), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{words} on {self.name}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")
        return done.stdout

    def cut_off(self) -> None:
        """The cable is pulled: nobody is told, and nothing that was under way arrives."""
        _ip("link", "set", self.name, "down")

    def join(self) -> None:
        _ip("link", "set", self.name, "up")

    def lose_power(self) -> None:
        """Cut off first, so that no connection is closed in good order."""
        self.cut_off()
        for pid in subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True
        ).stdout.split():
            subprocess.run(["kill", f"-{int(signal.SIGKILL)}", pid], check=False, stderr=subprocess.DEVNULL)
        for process in self.processes:
            process.wait(20)
        self.processes.clear()


def wait(what: str, happened: object, *, seconds: float) -> float:
    """Until `happened()`; how long it took. Raises TimeoutError with `what`."""
    assert callable(happened)
    started = time.monotonic()
    while not happened():
        if time.monotonic() - started > seconds:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - started


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
