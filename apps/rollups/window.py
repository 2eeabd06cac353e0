"""Everything about one deployment in one window, in a handful of statements: for pages, API, mail and the benchmark."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from apps.costing.efficiency import Efficiency, efficiencies, headline
from apps.deployments.models import Assumptions
from apps.rollups.apart import window_apart
from apps.rollups.by_label import RequestKey
from apps.rollups.metrics.definition import Measure
from apps.rollups.metrics.registry import measure
from apps.rollups.parts import Declared, Part, own_parts, published_parts
from apps.rollups.queries import PRODUCTION, Window, windows, windows_by_environment
from apps.rollups.sums import BASES, RequestSums
from apps.rollups.totals import Totals


@dataclass(frozen=True)
class DeploymentWindow:
    totals: Totals
    days: Mapping[date, RequestSums]
    """With requests; empty where they were not asked for."""
    efficiencies: tuple[Efficiency, ...]
    """By scope, the narrowest first, each with its gates."""
    parts: tuple[Part, ...]
    """In the tenant's own dollars."""
    published: tuple[Part, ...]
    """Under the published assumptions."""
    last_day: date | None = None
    """The last with a request."""

    @cached_property
    def metrics(self) -> Mapping[str, Measure]:
        """By name, see apps.rollups.metrics.registry; computed when asked for, since intervals of dollar ratios are dear."""
        return measure(self.totals, self.days)

    @property
    def headline(self) -> Efficiency | None:
        """In the widest scope that passes its gates."""
        return headline(self.efficiencies)


def deployment_window(
    organization_id: int, deployment_id: int, start_day: date, end_day: date, environment: str | None = PRODUCTION
) -> DeploymentWindow:
    """The days `start_day` to `end_day`, both included; needs the organization to be open."""
    return deployment_windows(organization_id, [deployment_id], start_day, end_day, environment)[deployment_id]


def deployment_windows(
    organization_id: int,
    deployment_ids: Collection[int],
    start_day: date,
    end_day: date,
    environment: str | None = PRODUCTION,
    *,
    with_quantiles: bool = True,
    with_attempts: bool = True,
    with_days: bool = True,
    declared: Mapping[int, Sequence[Declared]] | None = None,
) -> dict[int, DeploymentWindow]:
    """The same of many deployments, by their id, with as many statements as for one; quantiles are dear, and may be left.

    Metrics of attempts and providers need `with_attempts`, intervals and courses `with_days`. `declared`: by deployment, if
    already read.
    """
    if not deployment_ids:
        return {}
    found = windows(
        organization_id=organization_id,
        deployment_ids=deployment_ids,
        start=start_day,
        end=end_day,
        environment=environment,
        sketches=BASES if with_quantiles else (),
        with_attempts=with_attempts,
        with_days=with_days,
    )
    known = declarations(deployment_ids) if declared is None else declared
    return {one: _window(window, known.get(one, [])) for one, window in found.items()}


@dataclass(frozen=True)
class WindowApart:
    """As `apart.Apart`, of a window without quantiles and metrics of attempts and providers."""

    window: DeploymentWindow
    by: tuple[Mapping[tuple[Any, ...], RequestSums], ...]
    environments: tuple[str, ...]


def deployment_window_apart(
    organization_id: int,
    deployment_id: int,
    start_day: date,
    end_day: date,
    environment: str | None,
    *labels: Sequence[RequestKey],
    declared: Sequence[Declared] | None = None,
) -> WindowApart:
    """A window, and beside it its requests by several sets of labels. `declared`: if already read."""
    found = window_apart(
        *labels,
        organization_id=organization_id,
        deployment_id=deployment_id,
        start=start_day,
        end=end_day,
        environment=environment,
    )
    known = declarations([deployment_id]).get(deployment_id, []) if declared is None else declared
    return WindowApart(_window(found.window, known), found.by, found.environments)


def deployment_windows_by_environment(
    organization_id: int,
    deployment_ids: Collection[int],
    start_day: date,
    end_day: date,
    *,
    declared: Mapping[int, Sequence[Declared]],
) -> dict[tuple[int, str], DeploymentWindow]:
    """By deployment and environment, without quantiles, attempts, providers and days; absent where no request names it."""
    if not deployment_ids:
        return {}
    found = windows_by_environment(
        organization_id=organization_id, deployment_ids=deployment_ids, start=start_day, end=end_day
    )
    return {key: _window(window, declared.get(key[0], [])) for key, window in found.items()}


def _window(window: Window, declared: Sequence[Declared]) -> DeploymentWindow:
    return DeploymentWindow(
        totals=window.totals,
        days=window.days,
        efficiencies=efficiencies(window.totals.evidence),
        parts=own_parts(window.totals, window.days or window.waited, declared),
        published=published_parts(window.totals),
        last_day=max(window.days or window.waited, default=None),
    )


def declarations(deployment_ids: Collection[int]) -> dict[int, list[Declared]]:
    """All that was declared, by deployment."""
    return declared_in(Assumptions.objects.filter(deployment_id__in=deployment_ids))


def declared_in(rows: Iterable[Assumptions]) -> dict[int, list[Declared]]:
    found: dict[int, list[Declared]] = {}
    for row in rows:
        one = Declared(row.effective_from, row.value_per_1000_nano, row.maintenance_hours, row.hourly_rate_nano)
        found.setdefault(row.deployment_id, []).append(one)
    return found
