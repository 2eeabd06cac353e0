"""Counters for the operator: counted in the process, handed to Redis each second, so that a post pays for neither.

Labels are names from the code alone, never a tenant's. A process that is killed loses a second of counting, a Redis that
is flushed starts them at 0, which Prometheus expects of counters.
"""

import threading
from collections import Counter
from collections.abc import Mapping

from apps.pulse import beat, shared

STORED = "pulse:counters"
"""A Redis hash: the sample as Prometheus writes it, and its number."""
_waiting: Counter[str] = Counter()
_lock = threading.Lock()


def add(name: str, number: float = 1, **labels: str) -> None:
    with _lock:
        _waiting[sample(name, labels)] += number  # type: ignore[assignment]  # Counter adds any number
    beat.keep_beating()


def sample(name: str, labels: Mapping[str, str]) -> str:
    """`name{label="value"}`."""
    inner = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{inner}}}" if inner else name


def stored() -> dict[str, float] | None:
    """By sample; None when Redis is away."""
    hand_on()
    found = shared.ask(lambda redis: redis.hgetall(STORED))
    if found is None:
        return None
    return {one.decode(): float(number) for one, number in found.items()}


def hand_on() -> None:
    with _lock:
        taken = dict(_waiting)
        _waiting.clear()
    if not taken:
        return

    def write(redis: shared.Redis) -> bool:
        with redis.pipeline(transaction=True) as pipeline:
            for one, number in taken.items():
                pipeline.hincrbyfloat(STORED, one, number)
            pipeline.execute()
        return True

    if not shared.ask(write):
        with _lock:
            _waiting.update(taken)  # type: ignore[arg-type]


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


beat.each_second(hand_on)
