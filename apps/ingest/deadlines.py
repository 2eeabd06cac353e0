"""A time limit on reading a body from a blocking socket.

A timeout on the socket bounds each `recv`, so a client that sends one byte a second would hold a worker for hours. One
thread a process looks once a second for bodies that are overdue and shuts the reading side of their sockets: the blocked
read then returns, and an answer can still be written.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

TICK_SECONDS = 0.5

_pending: dict[int, tuple[float, socket.socket]] = {}
_numbers = count()
_starting = threading.Lock()
_thread: threading.Thread | None = None


class Deadline:
    def __init__(self, until: float, number: int | None = None) -> None:
        self._until, self._number = until, number

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._until

    def lift(self) -> None:
        """What was waited for is there; what is read from now on has time."""
        if self._number is not None:
            _pending.pop(self._number, None)


@contextmanager
def within(seconds: float, sock: Any) -> Iterator[Deadline]:
    """Give reads inside the block `seconds` in all; a server that hands no socket on bounds them itself or not at all."""
    until = time.monotonic() + seconds
    if not isinstance(sock, socket.socket):
        yield Deadline(until)
        return
    number = next(_numbers)
    deadline = Deadline(until, number)
    _pending[number] = (until, sock)
    _watch()
    try:
        yield deadline
    finally:
        deadline.lift()


def _watch() -> None:
    global _thread  # noqa: PLW0603  # one a process; a fork copies the variable but not the thread
    if _thread is not None and _thread.is_alive():
        return
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="body deadlines", daemon=True)
            _thread.start()


def _run() -> None:
    while True:
        time.sleep(TICK_SECONDS)
        now = time.monotonic()
        for number, (until, sock) in list(_pending.items()):
            if until <= now and _pending.pop(number, None) is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RD)
