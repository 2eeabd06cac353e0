"""The loss of good choices and its causes as defined: every order in which four causes may come, one request at a time.

Nothing of the product is imported. A market is what a day knows of models; a mixture takes each cause from the one day or
from the other, and a cause's part is what it changes, averaged over the 24 orders.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from tests.reference.nouns import Usage
from tests.reference.selection import Candidate, Card, Task, choice

CAUSES = ("price_change", "new_model", "quality", "traffic_mix")


@dataclass(frozen=True)
class Asked:
    """Requests that are alike."""

    task: str
    planned: str
    serving: str
    usage: Usage
    requests: int


@dataclass(frozen=True)
class Quality:
    quality_micro: int
    output: tuple[int, int] | None = None


@dataclass(frozen=True)
class Market:
    """`known`: the candidates of each task; `thresholds`: the tenant's own, of tasks with candidates."""

    cards: dict[str, Card]
    known: dict[str, dict[str, Quality]]
    thresholds: dict[str, int | None]


@dataclass(frozen=True)
class Day:
    market: Market
    traffic: tuple[Asked, ...]


def task_of(
    one: Asked, prices: tuple[Market, Market], models: tuple[Market, Market], quality: tuple[Market, Market]
) -> Task:
    """Each pair: the market that speaks, and the one that is asked where it says nothing."""
    names = next(
        (known for market in models if len(known := market.known.get(one.task, {})) >= 2),
        models[1].known.get(one.task, {}),
    )
    judge = next(market for market in quality if one.task in market.known)

    def candidate(model: str) -> Candidate:
        known = next(market.known[one.task][model] for market in quality if model in market.known.get(one.task, {}))
        card = next(market.cards[model] for market in prices if model in market.cards)
        return Candidate(model, card, known.quality_micro, known.output)

    return Task(tuple(candidate(name) for name in {*names, one.planned}), judge.thresholds.get(one.task))


def is_well(one: Asked, task: Task) -> bool:
    found = choice(one.planned, one.serving, one.usage, task)
    if found is None or found.optimal is None:
        return False
    return found.eligible and found.planned <= Fraction(105, 100) * found.optimal


def rate(first: Day, last: Day, changed: Collection[str]) -> Fraction:
    def pair(cause: str) -> tuple[Market, Market]:
        return (last.market, first.market) if cause in changed else (first.market, last.market)

    traffic = (last if "traffic_mix" in changed else first).traffic
    well = [
        one.requests
        for one in traffic
        if is_well(one, task_of(one, pair("price_change"), pair("new_model"), pair("quality")))
    ]
    return Fraction(sum(well), sum(one.requests for one in traffic))


def parts(first: Day, last: Day) -> dict[str, Fraction]:
    found = dict.fromkeys(CAUSES, Fraction())
    orders = list(permutations(CAUSES))
    for order in orders:
        for place, cause in enumerate(order):
            found[cause] += rate(first, last, order[:place]) - rate(first, last, order[: place + 1])
    return {cause: total / len(orders) for cause, total in found.items()}
