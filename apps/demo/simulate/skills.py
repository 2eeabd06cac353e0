"""How good answers are: nobody publishes scores of production traffic, so levels and spreads here are assumed.

Each model has a level; tasks move it a little up or down, each model otherwise, so that no model is best at everything.
"""

import random
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from math import comb

from apps.demo.simulate.draws import generator
from apps.demo.simulate.truth import Happening

CRITERIA = 4
"""An answer is held against so many; its quality is the share that it meets."""
LEVELS = {
    "gpt-5": 0.94,
    "claude-sonnet-4-5": 0.93,
    "gpt-4.1": 0.9,
    "gpt-5-mini": 0.9,
    "claude-haiku-4-5": 0.89,
    "mistral-medium-latest": 0.88,
    "gemini-2.5-flash": 0.88,
    "deepseek-chat": 0.87,
    "gpt-4.1-mini": 0.86,
    "llama-3.3-70b-versatile": 0.84,
    "meta-llama/Llama-3.3-70B-Instruct-Turbo": 0.84,
    "mistral-small-latest": 0.82,
    "gemini-2.5-flash-lite": 0.81,
    "gpt-5-nano": 0.79,
}
OTHERS = 0.75
"""The level of a model that is not among them."""
SPREAD, BEST = 0.03, 0.98


@lru_cache(maxsize=512)
def skill(task: str, model: str) -> float:
    """The expected quality of the model's answers at the task."""
    return min(BEST, LEVELS.get(model, OTHERS) + generator(0, "skill", task, model).gauss(0, SPREAD))


def judge(rng: random.Random, happenings: Iterable[Happening]) -> None:
    """Give every answer of a chat model its quality; embeddings have none, and a gateway's cache is no model."""
    for one in happenings:
        if one.serving is None or one.job.operation != "chat":
            continue
        chances = _met(skill(one.job.task or "", one.tries[one.serving].offer.model))
        one.criteria_met = min(CRITERIA, bisect_right(chances, rng.random()))


@lru_cache(maxsize=512)
def _met(expected: float) -> tuple[float, ...]:
    """The chance of meeting at most 0, 1, ... criteria, each met or not by itself."""
    chances = (comb(CRITERIA, met) * expected**met * (1 - expected) ** (CRITERIA - met) for met in range(CRITERIA + 1))
    return tuple(accumulate(chances))
