"""How processes of gunicorn and of the worker collect memory: rarely, and never what was imported."""

import gc
from typing import Any

THRESHOLDS = (100_000, 20, 20)
"""A post of a thousand requests makes ten thousand objects, none of them a cycle; by default it is looked through for them
a dozen times over, which took a fifth of its time."""


def freeze(_server: Any = None, **_: Any) -> None:
    """As gunicorn's `when_ready`, before the first fork, and in each new process of Celery: what was imported stays for
    good, so no collection walks it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
