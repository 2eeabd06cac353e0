"""Selection as its definition says it: one request, its task's candidates, fractions. Nothing of the product is imported.

A candidate has a quality and a price; eligible ones reach the task's threshold, the tenant's own or else 95 % of the best
candidate's; the optimal one is the cheapest eligible for the usage of the attempt that served, in which any other model
than that one has its input uncached and its output as much longer as its answers are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tests.reference.equation import Parts, undispatched
from tests.reference.nouns import Request, Usage


@dataclass(frozen=True)
class Card:
    """What a model costs: nano-USD per million tokens, fresh input, cached reads, two kinds of writes, output, reasoning."""

    fresh: int
    read: int
    write: int
    write_1h: int
    output: int
    reasoning: int
    request: int = 0


@dataclass(frozen=True)
class Candidate:
    model: str
    card: Card
    quality_micro: int
    output: tuple[int, int] | None = None
    """Tokens in how many answers; None where nobody compared answers."""


@dataclass(frozen=True)
class Task:
    candidates: tuple[Candidate, ...]
    threshold_micro: int | None = None

    def of(self, model: str | None) -> Candidate | None:
        return next((one for one in self.candidates if one.model == model), None)

    def eligible(self, one: Candidate) -> bool:
        if self.threshold_micro is not None:
            return one.quality_micro >= self.threshold_micro
        return Fraction(one.quality_micro) >= Fraction(95, 100) * max(c.quality_micro for c in self.candidates)


@dataclass(frozen=True)
class Choice:
    planned: int
    optimal: int | None
    """None where no candidate is eligible."""
    eligible: bool


@dataclass(frozen=True)
class Selected:
    evaluable: bool
    regret: int = 0
    optimal_nano: int | None = None
    optimal: bool = False
    under_quality: bool = False


def longer(one: Candidate, served: Candidate | None) -> Fraction:
    """How much longer its answers are than those of the model that served, in whole thousandths."""
    if served is None or one.output is None or served.output is None or not one.output[0] or not served.output[0]:
        return Fraction(1)
    mean, served_mean = (Fraction(*answers) for answers in (one.output, served.output))
    return Fraction(round(1000 * mean / served_mean), 1000)


def price(card: Card, usage: Usage, *, longer: Fraction = Fraction(1)) -> int:
    cached = (usage.cache_read or 0, usage.cache_write or 0, usage.cache_write_1h or 0)
    whole = max(usage.input_tokens or 0, sum(cached))
    output = usage.output_tokens or 0
    reasoning = min(usage.reasoning or 0, output)
    paid = Fraction((whole - sum(cached)) * card.fresh)
    paid += cached[0] * card.read + cached[1] * card.write + cached[2] * card.write_1h
    paid += longer * ((output - reasoning) * card.output + reasoning * card.reasoning)
    return round(paid / 1_000_000 + card.request)


def price_for(one: Candidate, usage: Usage, served: str | None, task: Task) -> int:
    if one.model == served:
        return price(one.card, usage)
    whole = max(
        usage.input_tokens or 0, sum(n or 0 for n in (usage.cache_read, usage.cache_write, usage.cache_write_1h))
    )
    uncached = Usage(input_tokens=whole, output_tokens=usage.output_tokens)
    return price(one.card, uncached, longer=longer(one, task.of(served)))


def choice(planned: str | None, served: str | None, usage: Usage, task: Task) -> Choice | None:
    """None: the planned model is no candidate, or there are not two."""
    one = task.of(planned)
    if one is None or len(task.candidates) < 2 or usage.input_tokens is None or usage.output_tokens is None:
        return None
    prices = [price_for(c, usage, served, task) for c in task.candidates if task.eligible(c)]
    return Choice(price_for(one, usage, served, task), min(prices, default=None), task.eligible(one))


def selected(request: Request, parts: Parts, task: Task) -> Selected:
    """Regret and the rest, at the terms that `parts` stand in."""
    server = request.server
    if server is None or not may_be_judged(request, parts):
        return Selected(evaluable=False)
    return judged(parts, choice(request.attempts[0].model.name, server.model.name, server.usage, task))


def may_be_judged(request: Request, parts: Parts) -> bool:
    """Whatever is known of models: served, priced, and neither of the batch tier nor of an operation without a choice."""
    if request.outcome != "served" or undispatched(request) or request.server is None or parts.planned is None:
        return False
    batch = any(attempt.model.service_tier == "batch" for attempt in request.attempts)
    return not batch and request.operation not in ("embeddings", "rerank")


def judged(parts: Parts, found: Choice | None) -> Selected:
    if found is None:
        return Selected(evaluable=False)
    if found.optimal is None:
        return Selected(evaluable=True, under_quality=True)
    ratio = Fraction(found.optimal, found.planned) if found.planned else Fraction(1)
    return Selected(
        evaluable=True,
        regret=round((parts.base or 0) * max(Fraction(0), 1 - ratio)),
        optimal_nano=min(round((parts.planned or 0) * ratio), 10**17),
        optimal=found.eligible and found.planned <= Fraction(105, 100) * found.optimal,
        under_quality=not found.eligible,
    )


Choose = Callable[[Request], Task]
