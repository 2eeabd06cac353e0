"""Token buckets in Redis: one script a question, so that all processes draw from the same ones."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from redis import Redis

from apps.pulse import shared


class Allowance(NamedTuple):
    """`rate` tokens a second in the long run, and `burst` of them at once; nothing is limited when `rate` is 0."""

    rate: float
    burst: int


def take(owner: str, costs: Iterable[tuple[Allowance, int]]) -> float | None:
    """0.0 when the tokens were taken, else the seconds until there are some; None when Redis is away."""
    asked = [part for allowance, cost in costs for part in (*allowance, cost)]
    wait: Any = shared.ask(lambda redis: _script(redis)(keys=[f"bucket:{owner}"], args=asked))
    return None if wait is None else wait / 1_000


@cache
def _script(redis: Redis) -> Any:
    return redis.register_script((Path(__file__).parent / "take.lua").read_text())
