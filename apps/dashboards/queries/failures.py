"""What failures cost in a window: the parts of the retry overhead, by cause, by route, by model, by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.costing.causes import OK
from apps.dashboards.queries.span import Span
from apps.deployments.models import Deployment
from apps.rollups.by_label import attempts_by
from apps.rollups.sums import AttemptSums, RequestSums
from apps.rollups.totals import add_attempts
from apps.rollups.window import DeploymentWindow, deployment_window_apart


@dataclass(frozen=True)
class Overhead:
    """The retry overhead of some requests in nano-USD, in three disjoint parts, and what stands beside it."""

    wasted_nano: int
    """Billed for attempts in vain of requests that were served after all."""
    premium_nano: int
    """What answers cost more than planned, since another model gave them."""
    failed_nano: int
    """All that was billed for requests without an answer."""
    saving_nano: int
    """What answers cost less than planned: no part of the overhead, and not taken off it."""

    @property
    def nano(self) -> int:
        return self.wasted_nano + self.premium_nano + self.failed_nano


def overhead(sums: RequestSums) -> Overhead | None:
    """None where the cost of no request is split into parts."""
    if not sums.split:
        return None
    return Overhead(sums.wasted_nano - sums.failed_nano, sums.premium_nano, sums.failed_nano, sums.saving_nano)


@dataclass(frozen=True)
class Failures:
    """`window` without quantiles. Attempts are those of requests of every completeness, their dollars of split ones."""

    span: Span
    window: DeploymentWindow
    environments: Sequence[str]
    used: Mapping[tuple[str, str], int]
    """Attempts by provider and model."""
    causes: Mapping[str, AttemptSums]
    """Of attempts that failed, and under `ok` of those that answered and were not used."""
    asked: Mapping[tuple[str, str], AttemptSums]
    """Attempts in vain, failed or not used, by the provider and the model that was asked."""
    routes: Mapping[str, RequestSums]
    planned: Mapping[tuple[str, str], RequestSums]
    """By provider and model of the first attempt."""

    @property
    def sums(self) -> RequestSums:
        return self.window.totals.requests

    @property
    def days(self) -> Mapping[date, RequestSums]:
        return self.window.days


def failures_of(deployment: Deployment, span: Span) -> Failures:
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
        ("route",),
        ("provider", "model"),
    )
    routes, planned = found.by
    used: dict[tuple[str, str], int] = {}
    causes: dict[str, list[AttemptSums]] = {}
    asked: dict[tuple[str, str], list[AttemptSums]] = {}
    for (cause, provider, model), sums in attempts_by("cause", "provider", "model", **place).items():
        used[provider, model] = used.get((provider, model), 0) + sums.attempts
        if cause == OK and not sums.wasted:
            continue
        causes.setdefault(cause, []).append(sums)
        asked.setdefault((provider, model), []).append(sums)
    return Failures(
        span=span,
        window=found.window,
        environments=found.environments,
        used=used,
        causes={cause: add_attempts(some) for cause, some in causes.items()},
        asked={name: add_attempts(some) for name, some in asked.items()},
        routes={route: sums for (route,), sums in routes.items()},
        planned={(who, model): sums for (who, model), sums in planned.items()},
    )


def in_vain(cause: str, sums: AttemptSums) -> int:
    """How many attempts: all that failed; of those that answered, the ones that were not used."""
    return sums.wasted if cause == OK else sums.attempts
