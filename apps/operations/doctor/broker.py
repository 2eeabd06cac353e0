"""Redis, as broker and as cache: that it drops nothing, and survives its own end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from celery import current_app
from django.conf import settings
from redis import Redis

from apps.operations.doctor.finding import FAIL, OK, WARN, Finding, graded
from apps.operations.doctor.postgres import skew_of

ANSWER_WITHIN_S = 3
NEARLY_FULL = 0.9


def servers(_now: datetime) -> Iterator[Finding]:
    """One look where broker and cache are one server."""
    broker, cache = str(settings.CELERY_BROKER_URL), str(settings.CACHES["default"]["LOCATION"])
    if broker == cache:
        yield from _redis("Redis", broker, holds_queue=True)
        return
    if broker.startswith(("redis://", "rediss://")):
        yield from _redis("broker", broker, holds_queue=True)
    else:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=ANSWER_WITHIN_S)
        yield Finding("broker", OK, "answers")
    yield from _redis("cache", cache, holds_queue=False)


def _redis(name: str, url: str, *, holds_queue: bool) -> Iterator[Finding]:
    with Redis.from_url(url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S) as redis:
        said: dict[str, Any] = redis.info()
        before = datetime.now(UTC)
        seconds, microseconds = redis.time()
        after = datetime.now(UTC)
    yield eviction(name, said, holds_queue=holds_queue)
    yield memory(name, said)
    if holds_queue:
        yield persistence(name, said)
    yield skew_of(f"clock of {name}", datetime.fromtimestamp(seconds + microseconds / 1e6, UTC), before, after)


def eviction(name: str, said: dict[str, Any], *, holds_queue: bool) -> Finding:
    policy = said.get("maxmemory_policy", "unknown")
    level = OK if policy == "noeviction" else FAIL if holds_queue and policy != "unknown" else WARN
    advice = "Set maxmemory-policy noeviction: any other may drop the queue, or counters and allowances."
    return graded(f"{name} maxmemory-policy", level, policy, advice)


def memory(name: str, said: dict[str, Any]) -> Finding:
    used, most = said.get("used_memory", 0), said.get("maxmemory", 0)
    level = WARN if most and used > NEARLY_FULL * most else OK
    bound = f" of {most >> 20:,}" if most else ""
    return graded(f"{name} memory", level, f"{used >> 20:,}{bound} MiB", "Give it more memory, or see who fills it.")


def persistence(name: str, said: dict[str, Any]) -> Finding:
    appended = bool(said.get("aof_enabled"))
    advice = "Set appendonly yes: without it a restart forgets messages, which the sweeps find again later."
    return graded(f"{name} appendonly", OK if appended else WARN, "yes" if appended else "no", advice)
