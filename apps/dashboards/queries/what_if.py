"""What one may ask of a deployment: the tasks, routes, providers and models that were seen, and models with evidence."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.advice.changes import Model
from apps.dashboards.queries.windows import days_to
from apps.deployments.models import Deployment
from apps.quality.models import Evidence
from apps.rollups.by_label import attempts_by, requests_by_each
from apps.rollups.labels import OTHER

MOST = 200


@dataclass(frozen=True)
class Offered:
    """In the order of how much they are used. `tasks` has None where some requests told none."""

    tasks: tuple[str | None, ...]
    routes: tuple[str, ...]
    models: tuple[Model, ...]
    """That were asked."""
    targets: tuple[Model, ...]
    """That were asked, and those there is evidence of."""

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.provider for one in self.models if one.provider))


def offered_of(deployment: Deployment, *, now: datetime) -> Offered:
    first, last = days_to(now)
    place: Any = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
    window: Any = {**place, "start": first, "end": last}
    tasks, routes = (
        sorted(found, key=lambda label: (-found[label].requests, str(label)))
        for found in requests_by_each("task", "route", **window)
    )
    asked = attempts_by("provider", "model", **window)
    models = [
        Model(provider or None, model)
        for provider, model in sorted(asked, key=lambda name: (-asked[name].attempts, name))
        if model not in ("", OTHER) and provider != OTHER
    ]
    known = (
        Evidence.objects.filter(deployment_id=deployment.pk, day__gte=first)
        .order_by("provider", "model")
        .values_list("provider", "model")
        .distinct()
    )
    return Offered(
        tasks=tuple(None if one is None else str(one) for one in tasks if one != OTHER)[:MOST],
        routes=tuple(str(one) for one in routes if one not in (None, OTHER))[:MOST],
        models=tuple(models[:MOST]),
        targets=tuple(dict.fromkeys([*models, *(Model(*one) for one in known)]))[:MOST],
    )
