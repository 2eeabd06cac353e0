"""One thread a process that does a few small deeds each second, such as handing counters on."""

import atexit
import threading
import time
from collections.abc import Callable

import structlog

EVERY_S = 1.0
log = structlog.get_logger(__name__)
_deeds: list[Callable[[], None]] = []
_starting = threading.Lock()
_thread: threading.Thread | None = None


def each_second(deed: Callable[[], None]) -> None:
    """Done once more when the process ends. A deed that fails is tried again a second later."""
    _deeds.append(deed)


def keep_beating() -> None:
    """Call it whenever there is something to do; a fork copies the variable but not the thread."""
    global _thread  # noqa: PLW0603  # one a process
    if _thread is not None and _thread.is_alive():
        return
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="pulse", daemon=True)
            _thread.start()


def once() -> None:
    for deed in _deeds:
        try:
            deed()
        except Exception as error:  # noqa: BLE001  # the others are done, and this one is tried again
            log.warning("not handed on", error=type(error).__qualname__)


def _run() -> None:
    while True:
        time.sleep(EVERY_S)
        once()


atexit.register(once)
