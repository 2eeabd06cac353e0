"""Runs `manage.py up` as a person does, and looks at its processes."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.environment import clean_environment
from tollmark.embedded.children import free_port
from tollmark.paths import ROOT

START_WITHIN_S = 120
COMMANDS = {
    "web": " -m gunicorn ",
    "worker": " worker --concurrency ",
    "beat": " beat --schedule ",
    "valkey": "/valkey-server ",
    "postgres": "/bin/postgres -D ",
}


class Up:
    """One `manage.py up --no-demo`, its output read along."""

    def __init__(self, data: Path, *arguments: str, variables: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = ""
        command = [sys.executable, "manage.py", "up", "--no-demo", "--data", str(data), "--port", str(self.port)]
        environment = {**clean_environment(), "TOLLMARK_NO_VENV": "1", **(variables or {})}
        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, text: str, *, seconds: float = START_WITHIN_S) -> None:
        """Until it says so, in what it has not been asked about yet."""
        deadline, seen = time.monotonic() + seconds, ""
        while text not in seen:
            assert time.monotonic() < deadline, f"it never said {text!r}: {self.said}"
            assert self.process.poll() is None or not self._lines.empty(), f"it ended: {self.said}"
            try:
                line = self._lines.get(timeout=0.2)
            except queue.Empty:
                continue
            seen += line
            self.said += line

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=3):
                return True
        except OSError:
            return False

    def children(self) -> dict[str, int]:
        """Process ids by what is running."""
        found = {}
        for pid in children_of(self.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            found.update({name: pid for name, words in COMMANDS.items() if words in command})
        return found

    def descendants(self) -> set[int]:
        found, left = set(), [self.process.pid]
        while left:
            children = children_of(left.pop())
            found.update(children)
            left.extend(children)
        return found

    def interrupt(self) -> int:
        """As Ctrl-C does; its exit status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(90)
        time.sleep(0.2)
        while not self._lines.empty():
            self.said += self._lines.get()
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


@contextmanager
def up(data: Path, *arguments: str, variables: dict[str, str] | None = None) -> Iterator[Up]:
    running = Up(data, *arguments, variables=variables)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.interrupt()


def wait_until(happened: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def alive(pids: set[int]) -> set[int]:
    """Those that still run; zombies do not."""
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z":
            running.add(pid)
    return running


def children_of(parent: int) -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
