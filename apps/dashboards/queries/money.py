"""What "Where does the money go?" is built from: the window, its parts over time, and by one label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.benchmarks.queries import Standing, standings
from apps.dashboards.forms.money import Asked
from apps.deployments.models import Deployment
from apps.rollups.breakdown import (
    By,
    Slice,
    Stretch,
    breakdown,
    breakdown_by_tag,
    chargeback,
    is_one_stretch,
    over_time,
    sliced,
)
from apps.rollups.by_label import RequestKey
from apps.rollups.by_tag import TagKeys, dearest_key
from apps.rollups.parts import Declared
from apps.rollups.sums import RequestSums
from apps.rollups.window import DeploymentWindow, declarations, deployment_window_apart

BESIDE: Mapping[By, RequestKey] = {"provider": "provider", "model": "model", "task": "task", "route": "route"}
"""Labels that the window's own cells tell: by environment all of them are wanted, whichever is asked for."""


@dataclass(frozen=True)
class Apart:
    """The window by one label. By tag there are keys to choose from, and `key` is the chosen one; None: there is none."""

    slices: Sequence[Slice]
    keys: TagKeys | None = None
    key: str | None = None


@dataclass(frozen=True)
class Money:
    window: DeploymentWindow
    stretches: Sequence[Stretch]
    apart: Apart
    environments: Sequence[str]
    standings: Mapping[str, Standing]
    """Of the last freeze, whatever the window."""


def money_of(deployment: Deployment, asked: Asked) -> Money:
    declared = _declared(deployment)
    labels = _labels_beside(asked, declared)
    found = deployment_window_apart(
        deployment.organization_id, deployment.pk, asked.start, asked.end, asked.environment, *labels, declared=declared
    )
    return Money(
        window=found.window,
        stretches=over_time(found.window.days, declared, start=asked.start, end=asked.end, step=asked.step),
        apart=_beside(found.by[0], asked, declared) if labels else apart(deployment, asked, declared),
        environments=found.environments,
        standings=standings(deployment=deployment, pool=deployment.organization.pool),
    )


def _labels_beside(asked: Asked, declared: Sequence[Declared]) -> list[tuple[RequestKey]]:
    """By which label the window is taken apart as it is read: where waiting is valued alike on all of its days."""
    label = BESIDE.get(asked.by)
    return [(label,)] if label and is_one_stretch(asked.start, asked.end, declared) else []


def _beside(found: Mapping[tuple[Any, ...], RequestSums], asked: Asked, declared: Sequence[Declared]) -> Apart:
    by_label = {label or None: {asked.start: sums} for (label,), sums in found.items()}
    return Apart(sliced(by_label, declared))


def apart(deployment: Deployment, asked: Asked, declared: Sequence[Declared] | None = None) -> Apart:
    """By environment all of them are told, whichever is asked for: one row would say nothing. `declared`: if already read."""
    return apart_by(
        asked.by,
        asked.key,
        deployment,
        start=asked.start,
        end=asked.end,
        environment=None if asked.by == "environment" else asked.environment,
        declared=_declared(deployment) if declared is None else declared,
    )


def apart_by(
    by: By,
    key: str,
    deployment: Deployment,
    *,
    start: date,
    end: date,
    environment: str | None,
    declared: Sequence[Declared] | None = None,
) -> Apart:
    asked: Any = {
        "organization_id": deployment.organization_id,
        "deployment_id": deployment.pk,
        "start": start,
        "end": end,
    }
    more: Any = {"environment": environment, "declared": _declared(deployment) if declared is None else declared}
    if by != "tag":
        return Apart(breakdown(by, **asked, **more))
    slices, keys = breakdown_by_tag(key, **asked, **more)
    return Apart(slices, keys, key or keys.dearest)


@dataclass(frozen=True)
class Chargeback:
    """`months`: by their first day, those with requests; None: no request carried a tag."""

    key: str | None
    months: Mapping[date, Sequence[Slice]]


def chargeback_of(deployment: Deployment, *, key: str, first: date, last: date, environment: str | None) -> Chargeback:
    """By calendar month (UTC) and the values of a tag's key; without one, of that under which most was billed."""
    found = chargeback_of_all([deployment], key=key, first=first, last=last, environment=environment)
    return next((charged for _, charged in found.of), Chargeback(found.key, {}))


@dataclass(frozen=True)
class ChargebackOfAll:
    """`of` holds the deployments in their order, those without requests in these months left out; `key` as in Chargeback."""

    key: str | None
    of: Sequence[tuple[Deployment, Chargeback]]


def chargeback_of_all(
    deployments: Sequence[Deployment],
    *,
    key: str,
    first: date,
    last: date,
    environment: str | None,
    among: Iterable[int] | None = None,
) -> ChargebackOfAll:
    """By one key for all of them, so that their sums can be added up. As many statements as for one. `among`: of which
    deployments the dearest key is taken where none is asked for; of these by default."""
    if not deployments:
        return ChargebackOfAll(key or None, ())
    ids = [one.pk for one in deployments]
    organization_id = deployments[0].organization_id
    chosen = key or dearest_key(
        organization_id=organization_id, deployment_ids=ids if among is None else list(among), start=first, end=last
    )
    months = chargeback(
        chosen or "",  # where there is no key, all requests are without this one
        organization_id=organization_id,
        deployment_ids=ids,
        starts=_months(first, last),
        end=last,
        environment=environment,
        declared=declarations(ids),
    )
    charged = [(one, Chargeback(chosen, months[one.pk])) for one in deployments if months.get(one.pk)]
    return ChargebackOfAll(chosen, charged)


def _months(first: date, last: date) -> list[date]:
    starts = [first]
    while (later := (starts[-1] + timedelta(days=31)).replace(day=1)) <= last:
        starts.append(later)
    return starts


def _declared(deployment: Deployment) -> Sequence[Declared]:
    return declarations([deployment.pk]).get(deployment.pk, [])
