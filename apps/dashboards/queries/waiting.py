"""What is waited for in a window, by people: retry delay, and routing overhead on each basis, with their quantiles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.rollups.fold import Sketches
from apps.rollups.over_time import sketches_by_day
from apps.rollups.parts import LATENCY, Part
from apps.rollups.sums import BASES, RequestSums
from apps.rollups.window import DeploymentWindow, deployment_window_apart
from apps.sketches.packing import encode
from apps.sketches.quantiles import combine, count, quantiles

RETRY_DELAY = "retry_delay"
MEASURES = (RETRY_DELAY, *BASES)
MOST_DAYS = 92
"""More days are drawn week by week."""


@dataclass(frozen=True)
class Quantiles:
    """In milliseconds, within one per cent, of `n` requests."""

    n: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Waiting:
    """Quantiles of `window` are of all requests, those told here of user-facing requests, by measure, then by period."""

    span: Span
    window: DeploymentWindow
    environments: Sequence[str]
    user_facing: RequestSums
    weekly: bool
    whole: Mapping[str, Quantiles]
    periods: Mapping[str, Mapping[date, Quantiles]]
    """By the first day of the period; those without any are absent."""

    @property
    def sums(self) -> RequestSums:
        return self.window.totals.requests


def waiting_of(deployment: Deployment, span: Span) -> Waiting:
    place: dict[str, Any] = {
        "organization_id": deployment.organization_id,
        "deployment_id": deployment.pk,
        "start": span.start,
        "end": span.end,
        "environment": span.environment,
    }
    found = deployment_window_apart(
        deployment.organization_id,
        deployment.pk,
        span.start,
        span.end,
        span.environment,
        ("user_facing",),
    )
    (by_user_facing,) = found.by
    everyone = sketches_by_day(**place)
    days = {day: some for (day, user_facing), some in everyone.items() if user_facing}
    weekly = span.days > MOST_DAYS
    return Waiting(
        span=span,
        window=_with_overhead(found.window, everyone.values()),
        environments=found.environments,
        user_facing=by_user_facing.get((True,), RequestSums()),
        weekly=weekly,
        whole=_quantiles(days.values()),
        periods=_by_measure(_periods(days, weekly=weekly)),
    )


def latency_of(found: Waiting) -> Part:
    """The latency impact in the tenant's own dollars."""
    return next(part for part in found.window.parts if part.name == LATENCY)


def _with_overhead(window: DeploymentWindow, parts: Iterable[Sketches]) -> DeploymentWindow:
    """With what its quantiles are told from, of all requests."""
    sketches = {name: tuple(sketch) for name in BASES if (sketch := _merged(name, parts))}
    return replace(window, totals=replace(window.totals, sketches=sketches))


def _periods(days: Mapping[date, Sketches], *, weekly: bool) -> dict[date, list[Sketches]]:
    found: dict[date, list[Sketches]] = {}
    for day, sketches in days.items():
        first = day - timedelta(days=day.weekday()) if weekly else day
        found.setdefault(first, []).append(sketches)
    return found


def _by_measure(
    periods: Mapping[date, Iterable[Sketches]],
) -> dict[str, dict[date, Quantiles]]:
    found: dict[str, dict[date, Quantiles]] = {}
    for first, sketches in periods.items():
        for name, told in _quantiles(sketches).items():
            found.setdefault(name, {})[first] = told
    return found


def _quantiles(parts: Iterable[Sketches]) -> dict[str, Quantiles]:
    told = list(parts)
    merged = {name: _merged(name, told) for name in MEASURES}
    return {name: found for name, sketch in merged.items() if (found := _told(sketch)) is not None}


def _merged(name: str, parts: Iterable[Sketches]) -> list[int]:
    return encode(combine(part[name] for part in parts if name in part))


def _told(sketch: list[int]) -> Quantiles | None:
    found = quantiles(sketch)
    return Quantiles(count(sketch), *(value / 1_000 for value in found)) if found else None
