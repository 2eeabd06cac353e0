"""Counters for the operator: counted in the process, handed to Redis each second, so that a post pays for neither.

Labels are names from the code alone, never a tenant's. A process that is killed loses a second of counting, a Redis that
is flushed starts them at 0, which Prometheus expects of counters.
"""

import atexit
import os
import threading
import time
from collections import Counter
from typing import Any

from redis import Redis

from apps.pulse import shared

STORED = "pulse:counters"
"""A Redis hash: the sample as Prometheus writes it, and its number."""
EVERY_S = 1.0
Labels = tuple[tuple[str, str], ...]
_waiting: Counter[tuple[str, Labels]] = Counter()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def add(name: str, number: int = 1, **labels: str) -> None:
    """`name` as in Prometheus, ending in `_total`."""
    global _thread  # noqa: PLW0603  # one a process; a fork copies the variable but not the thread
    with _lock:
        _waiting[name, tuple(labels.items())] += number
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="counters", daemon=True)
            _thread.start()


def stored() -> dict[str, int] | None:
    """By sample; None when Redis is away."""
    hand_on()
    found: Any = shared.ask(lambda redis: redis.hgetall(STORED))
    if found is None:
        return None
    return {one.decode(): int(number) for one, number in found.items()}


def hand_on() -> None:
    """What was counted since the last time; it waits on when Redis is away."""
    with _lock:
        taken = _waiting.copy()
        _waiting.clear()
    if taken and not shared.ask(lambda redis: _write(redis, taken)):
        with _lock:
            _waiting.update(taken)


def _write(redis: Redis, taken: Counter[tuple[str, Labels]]) -> bool:
    with redis.pipeline(transaction=True) as pipeline:
        for (name, labels), number in taken.items():
            pipeline.hincrby(STORED, _sample(name, labels), number)
        pipeline.execute()
    return True


def _sample(name: str, labels: Labels) -> str:
    inner = ",".join(f'{label}="{value}"' for label, value in labels)
    return f"{name}{{{inner}}}" if inner else name


def _run() -> None:
    """Until nothing is left to hand on; the next that counts starts another."""
    global _thread  # noqa: PLW0603
    while True:
        time.sleep(EVERY_S)
        hand_on()
        with _lock:
            if not _waiting:
                _thread = None
                return


def _of_a_fork() -> None:
    """What the parent counted, the parent hands on; its lock may have been held at that moment."""
    global _lock, _thread
    _lock, _thread = threading.Lock(), None
    _waiting.clear()


os.register_at_fork(after_in_child=_of_a_fork)
atexit.register(hand_on)
