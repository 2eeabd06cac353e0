"""Evidence of a task and a model on a day, out of what was observed before that day. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from apps.costing.rounding import round_half_even

WINDOW = timedelta(days=28)
POOL_WEIGHT = 20
"""The published value of the pool counts as so many observations."""
FEWEST = 30
"""With fewer observations in all nothing is said of a model."""

Place = tuple[str, str]
"""Task, and canonical name of the model."""


@dataclass(frozen=True)
class Scored:
    """Scored answers of one model at one task on one day; quality in millionths, summed."""

    day: date
    task: str
    provider: str | None
    model: str
    answers: int
    quality_micro: int


@dataclass(frozen=True)
class Replayed:
    """Outcomes of one model at one task in a replay set; lengths are those of prompts that all its models answered."""

    provider: str | None
    outcomes: int
    quality_micro: int
    output_tokens: int | None
    answers: int
    received_at: datetime
    names: Sequence[str] = ()
    """Under which the model was asked, dates of releases included."""


@dataclass(frozen=True)
class Known:
    """What is known of a model at a task on a day."""

    day: date
    task: str
    model: str
    provider: str | None
    quality_micro: int
    own: int
    replayed: int
    pooled: int
    output_tokens: int | None
    answers: int | None
    replayed_at: datetime | None


def gather(
    day: date, scored: Sequence[Scored], replayed: Mapping[Place, Replayed], pool: Mapping[Place, int]
) -> list[Known]:
    """Every model with evidence at a task; `pool` has published values in millionths, where there are some."""
    own: dict[Place, list[Scored]] = {}
    for one in scored:
        if day - WINDOW <= one.day < day:
            own.setdefault((one.task, one.model), []).append(one)
    places = sorted({*own, *replayed})
    found = (_known(day, place, own.get(place, ()), replayed.get(place), pool.get(place)) for place in places)
    return [one for one in found if one is not None]


def together(found: Mapping[Place, Sequence[tuple[str, Replayed]]]) -> dict[Place, Replayed]:
    """Outcomes that were told as different tasks and are read as one. Lengths stay only where every model of the task has
    them for the same tasks and as many prompts, since others would compare different questions."""
    asked: dict[str, set[tuple[tuple[str, int], ...]]] = {}
    for (task, _), some in found.items():
        asked.setdefault(task, set()).add(tuple(sorted((told, one.answers) for told, one in some)))
    several = {task for task, models in asked.items() if len({told for one in models for told, _ in one}) > 1}
    return {
        (task, model): _one([one for _, one in some], lengths=len(asked[task]) == 1) if task in several else some[0][1]
        for (task, model), some in found.items()
    }


def _one(some: Sequence[Replayed], *, lengths: bool) -> Replayed:
    told = lengths and all(one.output_tokens is not None for one in some)
    return Replayed(
        provider=max(some, key=lambda one: (one.outcomes, one.provider or "")).provider,
        outcomes=sum(one.outcomes for one in some),
        quality_micro=sum(one.quality_micro for one in some),
        output_tokens=sum(one.output_tokens or 0 for one in some) if told else None,
        answers=sum(one.answers for one in some) if told else 0,
        received_at=max(one.received_at for one in some),
        names=tuple(sorted({name for one in some for name in one.names})),
    )


def _known(
    day: date, place: Place, own: Sequence[Scored], replayed: Replayed | None, pooled: int | None
) -> Known | None:
    answers, outcomes = sum(one.answers for one in own), replayed.outcomes if replayed else 0
    weight = 0 if pooled is None else POOL_WEIGHT
    if answers + outcomes + weight < FEWEST:
        return None
    quality = sum(one.quality_micro for one in own) + (replayed.quality_micro if replayed else 0)
    mean = Fraction(quality + weight * (pooled or 0), answers + outcomes + weight)
    told = replayed is not None and replayed.answers > 0 and bool(replayed.output_tokens)
    return Known(
        day=day,
        task=place[0],
        model=place[1],
        provider=_provider(own) if own else replayed.provider if replayed else None,
        quality_micro=round_half_even(mean),
        own=answers,
        replayed=outcomes,
        pooled=weight,
        output_tokens=replayed.output_tokens if replayed and told else None,
        answers=replayed.answers if replayed and told else None,
        replayed_at=replayed.received_at if replayed else None,
    )


def _provider(own: Sequence[Scored]) -> str | None:
    """Where most of its answers came from; of equals the first in the alphabet."""
    counts: dict[str | None, int] = {}
    for one in own:
        counts[one.provider] = counts.get(one.provider, 0) + one.answers
    return min(counts, key=lambda name: (-counts[name], name is None, name or ""))
