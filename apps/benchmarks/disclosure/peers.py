"""How many peers are told, and how much is shown for them: always in bands, since an exact count tells who joined."""

from bisect import bisect_right
from enum import StrEnum
from itertools import pairwise

from apps.benchmarks.disclosure.policy import POLICY, Policy


class Level(StrEnum):
    """How much of a table is shown."""

    NOTHING = "nothing"
    MEDIAN = "median"
    QUARTILES = "quartiles"
    TAILS = "tails"


_STARTS = (10, 15, 20, 30, 50, 75, 100, 200)
BANDS = ("", *(f"{low}-{high - 1}" for low, high in pairwise(_STARTS)), "200+")
"""'' stands for fewer than ten; the starts hold every floor of the policy, so that a band has one level."""


def band(others: int) -> str:
    return BANDS[bisect_right(_STARTS, others)]


def level(others: int, *, policy: Policy = POLICY) -> Level:
    if others >= policy.tails_from:
        return Level.TAILS
    if others >= policy.quartiles_from:
        return Level.QUARTILES
    return Level.MEDIAN if others >= policy.median_from else Level.NOTHING


def level_of_band(name: str, *, policy: Policy = POLICY) -> Level:
    """Raises ValueError for what is no band."""
    position = BANDS.index(name)
    return level(_STARTS[position - 1], policy=policy) if position else Level.NOTHING
