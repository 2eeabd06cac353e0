"""Who runs the servers of a data folder: at most one process, found through a lock and a file it leaves."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tollmark.embedded.children import ServiceError

NOWHERE = {
    "SECRET_KEY": "for commands that reach no server, and sign nothing",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/tollmark",
    "REDIS_URL": "redis://127.0.0.1:9/0",
}


class Busy(ServiceError):
    """Another process runs the servers of this data folder."""


@contextmanager
def hold(data: Path) -> Iterator[None]:
    """The right to start servers on `data`; the kernel gives it back however we end. Raises Busy."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"The platform already runs on {data}.") from None
        _run_file(data).unlink(missing_ok=True)  # of one who was killed
        try:
            yield
        finally:
            _run_file(data).unlink(missing_ok=True)


def publish(data: Path, variables: Mapping[str, str]) -> None:
    """Let other commands find the servers; the file is readable by its owner alone."""
    file = _run_file(data)
    partial = file.with_suffix(f".{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(dict(variables)))
    partial.rename(file)


@contextmanager
def exclusively(data: Path, *, patience: float = 60) -> Iterator[Mapping[str, str] | None]:
    """The variables of whoever runs the servers of `data`; None, with the right to start them, when nobody does.

    A process that holds the lock and has not published yet is starting or stopping: it is waited for.
    """
    deadline = time.monotonic() + patience
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(hold(data))
                found = None
                break
            except Busy:
                found = _published(data)
                if found is not None:
                    break
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)
        yield found


def _published(data: Path) -> dict[str, str] | None:
    try:
        return dict(json.loads(_run_file(data).read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def _run_file(data: Path) -> Path:
    return data / "run.json"
