"""The Redis that all processes share. One that does not answer costs a moment once, and is then left alone for a while."""

import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import structlog
from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWER_WITHIN_S = 0.25
QUIET_S = 5.0
"""After a failure nothing is asked for so long, since each question would make a post wait."""
Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)
_quiet_until = 0.0


@cache
def client() -> Redis:
    """One a process, made at its first use, hence after a fork."""
    return Redis.from_url(
        settings.CACHES["default"]["LOCATION"],
        socket_timeout=ANSWER_WITHIN_S,
        socket_connect_timeout=ANSWER_WITHIN_S,
        retry=Retry(NoBackoff(), 1),  # a pooled connection may have been closed by the server
    )


def ask(question: Callable[[Redis], Answer]) -> Answer | None:
    """None when Redis is away, or was a moment ago."""
    global _quiet_until  # noqa: PLW0603  # one a process, and nothing but a pause
    if time.monotonic() < _quiet_until:
        return None
    try:
        return question(client())
    except RedisError as error:
        _quiet_until = time.monotonic() + QUIET_S
        log.warning("redis does not answer", error=type(error).__qualname__)
        return None
