"""Who serves each task of a deployment, at what quality and price, and what is not known of whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl

from apps.costing.selection import SHARE_OF_BEST, USAGE
from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.deployments.relabel import kinds_of
from apps.pricing.quote import appraise
from apps.pricing.terms import own_price
from apps.quality.queries import KnownOn, Seen, known_by
from apps.quality.serving import MICRO, Server, Task
from apps.rollups.apart import requests_apart
from apps.rollups.intervals import wilson_of_mean
from apps.rollups.labels import OTHER
from apps.rollups.prices import Prices, prices_of
from apps.rollups.sums import RequestSums
from apps.rollups.totals import add

PER = 1_000
"""Requests that a price is told for."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Name = tuple[str, str]
"""Task and model."""


@dataclass(frozen=True)
class Usage:
    """What a request of a task uses on average, by `requests` of them."""

    requests: int
    tokens: Mapping[str, int]


@dataclass(frozen=True)
class Serves:
    """`tasks` are those with a model that has evidence and a price; `seen`: the evidence itself; `unused`: evidence of
    served tasks of which no request tells its usage; `unpriced`: with evidence and without a price; `unknown`: planned in the
    window without evidence, with their requests and scored ones."""

    span: Span
    known_on: date
    tasks: tuple[Task, ...]
    seen: Mapping[Name, Seen]
    usage: Mapping[str, Usage]
    unused: tuple[Name, ...]
    thresholds: Mapping[str, int]
    """By task, in millionths, those that the tenant has set itself."""
    unpriced: tuple[Name, ...]
    unknown: Mapping[Name, RequestSums]
    sums: Mapping[str, RequestSums]
    """Of the window, by task; '' for requests without one."""
    environments: Sequence[str]
    """That requests of these days name, whichever is asked for."""
    kinds: Mapping[str, str]
    """The public taxonomy's name of each task that has one."""

    @property
    def served(self) -> int:
        return sum(one.served_dispatched for one in self.sums.values())


@dataclass(frozen=True)
class Facts:
    """What must be read before it can be said who serves. `planned`: by task and planned model; `prices` are read if needed."""

    planned: Mapping[tuple[Any, ...], RequestSums]
    environments: Sequence[str]
    known: KnownOn
    kinds: Mapping[str, str]
    prices: Callable[[], Prices]


def serves_of(deployment: Deployment, span: Span, *, now: datetime, kinds: Mapping[str, str] | None = None) -> Serves:
    """`kinds`: what its tasks are in the public taxonomy, if already read."""
    place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    (planned,), environments = requests_apart(
        ("task", "model"), **place, start=span.start, end=span.end, environment=span.environment
    )
    known = known_by(deployment.pk, span.end)
    named = kinds_of(deployment.pk) if kinds is None else kinds
    facts = Facts(planned, environments, known, named, lambda: prices_of(deployment.organization_id))
    return serving(facts, span, now=now)


def serving(facts: Facts, span: Span, *, now: datetime) -> Serves:
    planned, known, sums = facts.planned, facts.known, _by_task(facts.planned)
    usage, served = _usage(sums), _served(sums)
    seen = {(one.task, one.model): one for one in known.seen if one.task in usage}
    prices = _prices(list(seen.values()), facts, usage, now)
    tasks = {name[0] for name in prices}
    return Serves(
        span=span,
        known_on=known.day,
        tasks=tuple(_task(task, seen, prices, planned, known.thresholds.get(task)) for task in sorted(tasks)),
        seen=seen,
        usage=usage,
        unused=tuple(sorted((one.task, one.model) for one in known.seen if one.task in served - usage.keys())),
        thresholds=known.thresholds,
        unpriced=tuple(sorted(name for name in seen if name not in prices)),
        unknown={
            name: one
            for name, one in sorted(planned.items())
            if one.served_dispatched and name not in seen and name[0] in usage
        },
        sums=sums,
        environments=facts.environments,
        kinds=facts.kinds,
    )


def _task(
    task: str,
    seen: Mapping[Name, Seen],
    prices: Mapping[Name, int],
    planned: Mapping[tuple[Any, ...], RequestSums],
    own_micro: int | None,
) -> Task:
    """Good enough is the tenant's own threshold, else 95 % of the best of those with a price."""
    known = [seen[name] for name in prices if name[0] == task]
    part, whole = SHARE_OF_BEST
    best = max(one.quality_micro for one in known)
    servers = []
    for one in known:
        low, high = wilson_of_mean(one.quality_micro / MICRO, one.observations)
        enough = one.quality_micro * whole >= best * part if own_micro is None else one.quality_micro >= own_micro
        servers.append(
            Server(
                model=one.model,
                provider=one.provider or "",
                quality=one.quality_micro / MICRO,
                low=low,
                high=high,
                price_nano=prices[task, one.model],
                eligible=enough,
                planned=planned.get((task, one.model), RequestSums()).served_dispatched,
            )
        )
    served = sum(sums.served_dispatched for (name, _), sums in planned.items() if name == task)
    threshold = best * part / whole / MICRO if own_micro is None else own_micro / MICRO
    return Task(task, served, threshold, tuple(sorted(servers, key=lambda one: (one.price_nano, one.model))))


def _prices(seen: Sequence[Seen], facts: Facts, usage: Mapping[str, Usage], now: datetime) -> dict[Name, int]:
    """Of a thousand requests, at the tenant's terms of now; those without a price fall out."""
    used = {name: sums.served_dispatched for name, sums in facts.planned.items()}
    rows = [_asked(one, seen, usage[one.task].tokens, used, now) for one in seen]
    if not rows:
        return {}
    asked, terms = pl.DataFrame(rows, infer_schema_length=None), facts.prices()
    listed = own_price(asked, appraise(asked, terms.book), terms.terms)["price_nano"]
    return {(one.task, one.model): nano * PER for one, nano in zip(seen, listed, strict=True) if nano is not None}


def _asked(
    one: Seen, seen: Sequence[Seen], tokens: Mapping[str, int], used: Mapping[tuple[Any, ...], int], now: datetime
) -> dict[str, Any]:
    """The task's usage on this model: uncached where it has not served it, answers as long as its own are known to be."""
    serving = used.get((one.task, one.model), 0) > 0
    told = dict(tokens) if serving else dict.fromkeys(tokens, 0) | {"input_tokens": tokens["input_tokens"]}
    output = tokens["output_tokens"] if serving else round(tokens["output_tokens"] * _longer(one, seen, used))
    return {
        "provider": one.provider,
        "model": one.model,
        "service_tier": "standard",
        "at_us": (now - _EPOCH) // timedelta(microseconds=1),
        **told,
        "output_tokens": output,
    }


def _longer(one: Seen, seen: Sequence[Seen], used: Mapping[tuple[Any, ...], int]) -> float:
    """By how much its answers are longer than those of the model that serves the task mostly; 1 where nothing tells it."""
    beside = [each for each in seen if each.task == one.task and each.output_tokens and each.answers]
    mostly = max(beside, key=lambda each: (used.get((each.task, each.model), 0), each.model), default=None)
    if mostly is None or not (one.output_tokens and one.answers and mostly.output_tokens and mostly.answers):
        return 1.0
    return (one.output_tokens * mostly.answers) / (one.answers * mostly.output_tokens)


def _by_task(planned: Mapping[tuple[Any, ...], RequestSums]) -> dict[str, RequestSums]:
    sums: dict[str, list[RequestSums]] = {}
    for (task, _), one in planned.items():
        sums.setdefault(task, []).append(one)
    return {task: add(some) for task, some in sums.items()}


def _served(sums: Mapping[str, RequestSums]) -> set[str]:
    return {task for task, one in sums.items() if one.served_dispatched and task not in ("", OTHER)}


def _usage(sums: Mapping[str, RequestSums]) -> dict[str, Usage]:
    """Of each task whose cells tell it: older ones, whose raw rows were gone before it was summed, do not."""
    return {
        task: Usage(one.usage_known, {name: _mean(one, name) for name in USAGE})
        for task, one in sums.items()
        if one.usage_known and task not in ("", OTHER)
    }


def _mean(sums: RequestSums, name: str) -> int:
    return round(Fraction(getattr(sums, f"usage_{name}"), sums.usage_known))
