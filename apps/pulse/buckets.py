"""Token buckets in Redis: one script a question, so that all processes draw from one bucket."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from redis import Redis

from apps.pulse import shared


class Allowance(NamedTuple):
    """`rate` tokens a second, and `burst` of them at most; nothing is limited when `rate` is 0."""

    rate: float
    burst: int


def take(bucket: str, allowance: Allowance, cost: int) -> float:
    """0.0 when `cost` tokens were taken, else seconds until there is one; 0.0 also when Redis is away."""
    if not allowance.rate:
        return 0.0
    wait: Any = shared.ask(lambda redis: _script(redis)(keys=[f"bucket:{bucket}"], args=[*allowance, cost]))
    return (wait or 0) / 1_000


@cache
def _script(redis: Redis) -> Any:
    return redis.register_script((Path(__file__).parent / "take.lua").read_text())
