"""Starts processes, starts them again when they end, and stops them in the right order."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from tollmark.embedded.children import dies_with_parent
from tollmark.paths import ROOT
from tollmark.up.backoff import Backoff
from tollmark.up.output import Output

SERVICE_GRACE_S = 60


class GaveUp(RuntimeError):
    """A process ended too often; the platform cannot run."""


class Interrupted(RuntimeError):
    """Somebody asked for the end while something was being waited for."""


class Service(Protocol):
    """A server of ours, such as Postgres."""

    name: str
    stop_signal: signal.Signals

    def start(self, output: int) -> subprocess.Popen[bytes]: ...

    def wait(self) -> None: ...


@dataclass(frozen=True)
class Program:
    """A process of the platform: how it is started, and how it is asked to end."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 20
    when_orphaned: signal.Signals = signal.SIGTERM

    def start(self, output: int) -> subprocess.Popen[bytes]:
        """In a session of its own: a Ctrl-C at the terminal reaches us alone, and we end everything in order."""
        return subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dies_with_parent(self.when_orphaned),  # noqa: PLW1509  # we have one thread
        )


@dataclass
class Child:
    """Something that is kept running."""

    name: str
    start: Callable[[int], subprocess.Popen[bytes]]
    stop_signal: signal.Signals
    grace_s: float
    process: subprocess.Popen[bytes]
    started_at: float
    backoff: Backoff = field(default_factory=Backoff)
    restart_at: float | None = None

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None


class Supervisor:
    def __init__(self) -> None:
        self.output = Output()
        self.services: list[Child] = []
        self.programs: list[Child] = []
        self.stops_asked = 0

    def say(self, text: str) -> None:
        self.output.say("up", text)

    def obey_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._ask_to_stop())

    def _ask_to_stop(self) -> None:
        self.stops_asked += 1

    def start_services(self, services: Sequence[Service]) -> None:
        """All at once, then wait for each; they are stopped in reverse order, after every program."""
        for service in services:
            self.services.append(self._start(service.name, service.start, service.stop_signal, SERVICE_GRACE_S))
        for service in services:
            service.wait()

    def keep(self, program: Program) -> None:
        self.programs.append(self._start(program.name, program.start, program.stop_signal, program.grace_s))

    def run(self, program: Program) -> int:
        """Run something to its end, while all others are watched; its exit status. Raises Interrupted."""
        with self.output.pipe(program.name) as writer:
            process = program.start(writer)
        try:
            while process.poll() is None:
                self.step()
                self._raise_if_interrupted()
        finally:
            _end(process)
            self.output.drain()
        return process.returncode

    def wait_until(self, happened: Callable[[], bool], *, seconds: float, ask_every: float = 0.03) -> bool:
        """Watch all until something has happened; False when it has not in that time. Raises Interrupted."""
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                return False
            ask_again = time.monotonic() + ask_every
            while time.monotonic() < ask_again:
                self.step(0.03)
                self._raise_if_interrupted()
        return True

    def watch(self) -> None:
        """Until somebody asks for the end."""
        while not self.stops_asked:
            self.step()

    def step(self, seconds: float = 0.2) -> None:
        self.output.pump(seconds)
        for child in (*self.services, *self.programs):
            self._look_after(child)

    def stop(self) -> None:
        """Programs first, together; then the servers they use, the last started first. A second request kills."""
        asked_before = self.stops_asked
        for group in (self.programs, *([service] for service in reversed(self.services))):
            self._stop_together(group, asked_before)
        self.output.drain()

    def _raise_if_interrupted(self) -> None:
        if self.stops_asked:
            raise Interrupted

    def _start(
        self, name: str, start: Callable[[int], subprocess.Popen[bytes]], stop_signal: signal.Signals, grace_s: float
    ) -> Child:
        with self.output.pipe(name) as writer:
            process = start(writer)
        return Child(name, start, stop_signal, grace_s, process, time.monotonic())

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.restart_at is not None:
            if now >= child.restart_at:
                self._start_again(child, now)
        elif not child.is_alive:
            self._plan_restart(child, now)

    def _plan_restart(self, child: Child, now: float) -> None:
        _end(child.process)  # its own children, should they have survived it
        how = _describe(child.process.returncode)
        delay = child.backoff.after(now - child.started_at)
        if delay is None:
            raise GaveUp(
                f"{child.name} {how} soon after its start, {child.backoff.quick_ends} times in a row; giving up."
            )
        self.say(f"{child.name} {how}; starting it again in {delay:g} s")
        child.restart_at = now + delay

    def _start_again(self, child: Child, now: float) -> None:
        with self.output.pipe(child.name) as writer:
            child.process = child.start(writer)
        child.started_at, child.restart_at = now, None

    def _stop_together(self, children: Sequence[Child], asked_before: int) -> None:
        alive = [child for child in children if child.is_alive]
        for child in alive:
            child.process.send_signal(child.stop_signal)
        deadline = time.monotonic() + max((child.grace_s for child in alive), default=0)
        while any(child.is_alive for child in alive):
            self.output.pump(0.05)
            if time.monotonic() > deadline or self.stops_asked > asked_before:
                break
        for child in children:
            _end(child.process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the session that this process began."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _describe(status: int) -> str:
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
