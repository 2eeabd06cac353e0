"""Who serves a task best, as far as evidence tells: the frontier, who may be the cheapest good enough. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from apps.costing.selection import SHARE_OF_BEST
from apps.quality.replays import TOLERANCE

MICRO = 1_000_000


@dataclass(frozen=True)
class Server:
    """A model at a task. `low` and `high` bound its quality at 95 %; `price_nano` is of a thousand requests of the task."""

    model: str
    provider: str
    quality: float
    low: float
    high: float
    price_nano: int
    eligible: bool
    planned: int = 0
    """Requests of the window that were planned on it."""


@dataclass(frozen=True)
class Task:
    """Models that have evidence and a price; `served`: requests of the window, whatever they were planned on."""

    name: str
    served: int
    threshold: float
    """The quality that is asked for."""
    servers: tuple[Server, ...]

    @property
    def winner(self) -> Server | None:
        """The cheapest that is good enough, by what is known; of equal prices the better."""
        return min((one for one in self.servers if one.eligible), key=_by_price, default=None)

    @property
    def mainly(self) -> Server | None:
        """What most requests were planned on."""
        most = max(self.servers, key=lambda one: (one.planned, one.model), default=None)
        return most if most and most.planned else None

    def may_win(self) -> tuple[Server, ...]:
        """Whom the evidence does not rule out: good enough within their interval, and no more than 5 % dearer than the
        cheapest that is good enough with its whole interval."""
        above, below = TOLERANCE
        sure = min((one.price_nano for one in self.servers if one.low >= self.threshold), default=None)
        return tuple(
            one
            for one in sorted(self.servers, key=_by_price)
            if one.high >= self.threshold and (sure is None or one.price_nano * below <= sure * above)
        )

    def frontier(self) -> tuple[Server, ...]:
        """Those that nothing is both cheaper and better than, the cheapest first."""
        kept: list[Server] = []
        for one in sorted(self.servers, key=_by_price):
            if not kept or one.quality > kept[-1].quality:
                kept.append(one)
        return tuple(kept)


@dataclass(frozen=True)
class Rule:
    """What the evidence says of one provider for everything. Neither: it does not tell."""

    provider: str = ""
    """It wins every task, whichever of those that may win does."""
    nobody: bool = False
    """Each provider is ruled out at some task."""


def rule_of(tasks: Sequence[Task]) -> Rule:
    """Of the tasks where at least two models can be compared."""
    winners = [{one.provider for one in task.may_win()} for task in tasks if len(task.servers) > 1]
    if len(winners) < 2 or not all(winners):
        return Rule()
    everywhere = set[str]().union(*winners)
    if len(everywhere) == 1:
        return Rule(provider=next(iter(everywhere)))
    return Rule(nobody=not set.intersection(*winners))


@dataclass(frozen=True)
class Single:
    """The cheapest model that is good enough for every task, instead of what was planned, on the same requests."""

    model: str | None
    """None: no model is good enough for every task."""
    gap: Fraction | None
    """Its cost over that of what was planned, less 1: below 0 it is cheaper."""
    covered: int
    """Requests planned on a model with evidence and a price, of `served`."""
    served: int


def best_single(tasks: Iterable[Task]) -> Single:
    """Over the tasks seen, each with its own usage."""
    seen = [task for task in tasks if task.served]
    covered = {task.name: sum(one.planned for one in task.servers) for task in seen}
    asked = [task for task in seen if covered[task.name]]
    planned = sum(one.planned * one.price_nano for task in asked for one in task.servers)
    costs = _costs_of_each(asked, covered)
    model = min(costs, key=lambda name: (costs[name], name), default=None)
    gap = Fraction(costs[model], planned) - 1 if model is not None and planned else None
    return Single(model, gap, sum(covered.values()), sum(task.served for task in seen))


def _costs_of_each(tasks: Sequence[Task], requests: Mapping[str, int]) -> dict[str, int]:
    """By model, of those that are good enough everywhere."""
    found: dict[str, list[int]] = {}
    for task in tasks:
        for one in task.servers:
            if one.eligible:
                found.setdefault(one.model, []).append(requests[task.name] * one.price_nano)
    return {model: sum(costs) for model, costs in found.items() if len(costs) == len(tasks)}


def _by_price(one: Server) -> tuple[int, float, str]:
    return one.price_nano, -one.quality, one.model


def with_threshold(task: Task, own_micro: int | None) -> Task:
    """The same task, had its tenant set this threshold; None: 95 % of the best."""
    part, whole = SHARE_OF_BEST
    micro = {one.model: round(one.quality * MICRO) for one in task.servers}
    best = max(micro.values(), default=0)
    servers = tuple(
        replace(
            one,
            eligible=micro[one.model] * whole >= best * part if own_micro is None else micro[one.model] >= own_micro,
        )
        for one in task.servers
    )
    threshold = best * part / whole / MICRO if own_micro is None else own_micro / MICRO
    return replace(task, threshold=threshold, servers=servers)
