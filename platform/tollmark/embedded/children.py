"""Child processes that cannot outlive us, and the small things servers need: a port, a secret."""

import ctypes
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class ServiceError(RuntimeError):
    """A service cannot be started or used; the text is for the person at the terminal."""


def dies_with_parent(end: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `end` to the child when we are gone, even by SIGKILL.

    Linux only; elsewhere the function does nothing. The kernel watches the thread that started the child: start children
    from the main thread.
    """
    parent = os.getpid()

    def in_child() -> None:
        if not sys.platform.startswith("linux"):
            return
        _libc.prctl(PR_SET_PDEATHSIG, int(end), 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)

    return in_child


def reserve_port() -> socket.socket:
    """A free loopback port, held until the socket is closed; a server that sets SO_REUSEADDR may listen on it already."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def free_port() -> int:
    with reserve_port() as held:
        return int(held.getsockname()[1])


def secret(path: Path) -> str:
    """The random text in `path`, made at the first call, readable by its owner alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        text = secrets.token_urlsafe(48)
        file.write(text)
    return text
