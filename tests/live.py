"""A real gunicorn, a real Celery worker and, if asked for, beat, on this run's servers."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests import environment
from tollmark.embedded.children import free_port
from tollmark.up import programs
from tollmark.up.supervisor import Program

ANSWER_WITHIN_S = 90


@dataclass(frozen=True)
class LivePlatform:
    url: str
    """Without a slash at its end."""
    environment: dict[str, str]
    """For further processes of the platform: `subprocess.run([sys.executable, "-m", "tollmark", ...], env=...)`."""


@contextmanager
def platform(*, with_beat: bool = False, **changes: str) -> Iterator[LivePlatform]:
    """On this run's servers, or on those that `changes` of the environment name."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {**os.environ, "SITE_URL": url, "WEB_CONCURRENCY": "1", **changes}
    wanted = [programs.web(variables, port=port), programs.worker(variables, processes=1)]
    if with_beat:
        wanted.append(programs.beat(variables, data=environment.HOME))
    with ExitStack() as stack:
        processes = [stack.enter_context(running(program)) for program in wanted]
        wait_until_answering(f"{url}/readyz", processes)
        yield LivePlatform(url, variables)


@contextmanager
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """Its output is shown when the test run fails, in the log beside the servers'."""
    with (environment.HOME / f"{program.name}.log").open("ab") as log:
        process = program.start(log.fileno())
        try:
            yield process
        finally:
            process.send_signal(program.stop_signal)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_answering(url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    """Until a GET of `url` succeeds; raises RuntimeError with what the processes said."""
    deadline = time.monotonic() + ANSWER_WITHIN_S
    while reason := _why_not(url):
        if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
            said = {log.name: log.read_text()[-2_000:] for log in environment.HOME.glob("*.log")}
            raise RuntimeError(f"{url} does not answer: {reason}; {said}")
        time.sleep(0.1)


def _why_not(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=10):
            return None
    except urllib.error.HTTPError as error:
        return f"{error}: {error.read().decode()}"
    except OSError as error:
        return str(error)
