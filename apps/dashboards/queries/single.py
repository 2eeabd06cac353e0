"""What a window needs before every metric can be measured: the cheapest single model for everything, and sums by task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache

from apps.dashboards.queries.providers import Facts, serving
from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.deployments.relabel import kinds_of_all
from apps.quality.queries import known_by_each
from apps.quality.serving import Single, best_single
from apps.quality.taxonomy import public_task
from apps.rollups.labels import OTHER
from apps.rollups.prices import prices_of
from apps.rollups.queries import Window
from apps.rollups.sides import Asked, sides
from apps.rollups.sums import RequestSums
from apps.rollups.totals import Totals, add

Planned = Mapping[tuple[str, str], RequestSums]
"""Requests by task and planned model."""


@dataclass(frozen=True)
class Chosen:
    """A window whose choices are looked at; `totals` and `planned` are of the same requests."""

    deployment: Deployment
    span: Span
    totals: Totals
    planned: Planned


def choices_in(deployment: Deployment, span: Span, *, now: datetime) -> Window:
    """A window of which every metric can be measured."""
    place = Asked(deployment.pk, span.start, span.end, span.environment)
    (found,) = sides(place, organization_id=deployment.organization_id)
    (totals,) = with_choices([Chosen(deployment, span, found.window.totals, found.planned)], now=now)
    return replace(found.window, totals=totals)


def with_choices(asked: Sequence[Chosen], *, now: datetime) -> list[Totals]:
    """The totals of windows of one organization, each with what its choices need, in as many statements as for one."""
    kinds = kinds_of_all({one.deployment.pk for one in asked})
    return [
        replace(one.totals, single=single, tasks=_by_task(one.planned, kinds[one.deployment.pk]))
        for one, single in zip(asked, _singles(asked, kinds, now), strict=True)
    ]


def _singles(asked: Sequence[Chosen], kinds: Mapping[int, Mapping[str, str]], now: datetime) -> list[Single]:
    """At the prices and by the evidence of each span's last day: what came later decides nothing. Evidence is of a task,
    whichever policy chose."""
    known = known_by_each([(one.deployment.pk, one.span.end) for one in asked])
    prices = cache(lambda: prices_of(asked[0].deployment.organization_id))
    found = []
    for one, told in zip(asked, known, strict=True):
        facts = Facts(one.planned, (), told, kinds[one.deployment.pk], prices)
        found.append(best_single(serving(facts, one.span, now=_then(one.span, now)).tasks))
    return found


def _then(span: Span, now: datetime) -> datetime:
    """The last moment of the span: at the first one after it, prices of the next day hold."""
    after = datetime.combine(min(span.end, now.astimezone(UTC).date()) + timedelta(days=1), time(), UTC)
    return min(now, after - timedelta(microseconds=1))


def _by_task(planned: Planned, kinds: Mapping[str, str]) -> dict[str, RequestSums]:
    """By task of the public taxonomy, by its own name where it has none there; requests of no task are in none."""
    found = dict[str, list[RequestSums]]()
    for (task, _model), sums in planned.items():
        if task not in ("", OTHER):
            found.setdefault(public_task(task, kinds) or task, []).append(sums)
    return {task: add(some) for task, some in found.items()}
