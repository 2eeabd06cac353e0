"""Processes are kept running, said about, and stopped in order."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tollmark.up.backoff import ENDS, LONGEST_DELAY_S, QUICK_S, Backoff
from tollmark.up.output import _Lines
from tollmark.up.supervisor import GaveUp, Interrupted, Program, Supervisor

Captured = pytest.CaptureFixture[str]


def _program(name: str, script: str, *, grace_s: float = 5) -> Program:
    return Program(name, [sys.executable, "-c", textwrap.dedent(script)], dict(os.environ), grace_s=grace_s)


def _step_until(supervisor: Supervisor, text: str, capsys: Captured, seconds: float = 20) -> str:
    said, deadline = "", time.monotonic() + seconds
    while text not in said:
        assert time.monotonic() < deadline, said
        supervisor.step(0.05)
        said += capsys.readouterr().out
    return said


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


SLEEPS = "import time; print('up', flush=True); time.sleep(60)"


def test_delays_grow_and_five_quick_ends_in_a_row_are_enough() -> None:
    backoff = Backoff()
    delays = [backoff.after(1) for _ in range(ENDS)]
    assert delays == [0.5, 1.0, 2.0, 4.0, None]


def test_whoever_worked_for_a_while_starts_with_the_first_delay_again() -> None:
    backoff = Backoff()
    assert [backoff.after(1), backoff.after(1), backoff.after(QUICK_S + 1), backoff.after(1)] == [0.5, 1.0, 0.5, 1.0]


def test_whoever_has_worked_is_never_given_up() -> None:
    backoff = Backoff()
    assert backoff.after(QUICK_S + 1) == 0.5
    assert [backoff.after(1) for _ in range(30)][-1] == LONGEST_DELAY_S


def test_no_delay_is_longer_than_the_longest() -> None:
    backoff = Backoff(quick_ends=-20)
    assert all((backoff.after(1) or 0) <= LONGEST_DELAY_S for _ in range(20))


def test_lines_are_cut_at_line_ends_and_carriage_returns_and_the_rest_comes_at_the_end() -> None:
    lines = _Lines("demo")
    assert lines.add(b"one\ntw") == ["one"]
    assert lines.add(b"o\r50 %\r100 %") == ["two", "50 %"]
    assert lines.add(b"") == ["100 %"]


def test_it_passes_on_what_a_program_says_under_its_name(capsys: Captured) -> None:
    supervisor = Supervisor()
    assert supervisor.run(_program("seed", "print('half'); print('done', end='')")) == 0
    assert capsys.readouterr().out.splitlines() == ["seed     | half", "seed     | done"]


def test_it_returns_the_status_of_what_it_ran() -> None:
    assert Supervisor().run(_program("seed", "raise SystemExit(3)")) == 3


def test_it_starts_again_what_was_killed_and_says_so(capsys: Captured) -> None:
    supervisor = Supervisor()
    supervisor.keep(_program("web", SLEEPS))
    _step_until(supervisor, "web      | up", capsys)
    first = supervisor.programs[0].process.pid
    os.kill(first, signal.SIGKILL)
    said = _step_until(supervisor, "web      | up", capsys)
    assert "up       | web was killed by SIGKILL; starting it again in 0.5 s" in said
    assert supervisor.programs[0].process.pid != first
    supervisor.stop()


def test_it_gives_up_on_a_program_that_ends_at_once_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tollmark.up.backoff.FIRST_DELAY_S", 0.01)
    supervisor = Supervisor()
    supervisor.keep(_program("web", "raise SystemExit(4)"))
    with pytest.raises(GaveUp, match="web ended with status 4 soon after its start, 5 times in a row"):
        supervisor.wait_until(lambda: False, seconds=20)


def test_it_kills_what_does_not_end_in_its_grace_with_all_its_children(capsys: Captured) -> None:
    supervisor = Supervisor()
    stubborn = """
        import signal, subprocess, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen(["sleep", "60"])
        print("child", child.pid, flush=True)
        time.sleep(60)
    """
    supervisor.keep(_program("worker", stubborn, grace_s=0.3))
    said = _step_until(supervisor, "child ", capsys)
    child = int(said.split()[-1])
    supervisor.stop()
    assert not supervisor.programs[0].is_alive
    until = time.monotonic() + 5  # the group was killed; the kernel takes a moment to take each one down
    while _is_running(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _is_running(child)


def test_a_second_request_does_not_wait_for_the_grace() -> None:
    supervisor = Supervisor()
    supervisor.keep(
        _program("worker", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)", grace_s=50)
    )
    time.sleep(0.5)
    supervisor.obey_signals()
    before = time.monotonic()
    with subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -INT {os.getpid()}"]):
        supervisor.stop()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert time.monotonic() - before < 10


def test_what_it_runs_ends_when_somebody_asks_for_the_end() -> None:
    supervisor = Supervisor()
    supervisor.stops_asked = 1
    with pytest.raises(Interrupted):
        supervisor.run(_program("seed", SLEEPS))


def test_nothing_is_left_when_the_supervisor_itself_is_killed() -> None:
    script = f"""
        import sys, time
        from tollmark.up.supervisor import Program, Supervisor
        supervisor = Supervisor()
        supervisor.keep(Program("web", [sys.executable, "-c", {SLEEPS!r}], {{}}))
        print(supervisor.programs[0].process.pid, flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _is_running(child)
        parent.kill()
    deadline = time.monotonic() + 5
    while _is_running(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)
