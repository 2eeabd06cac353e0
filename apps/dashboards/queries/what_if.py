"""What one may ask of a deployment: the tasks, routes, providers and models that were seen, and models with evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from apps.advice.changes import Model
from apps.dashboards.queries.windows import days_to
from apps.deployments.models import Deployment
from apps.rollups.labels import OTHER
from apps.rollups.queries import PRODUCTION

SQL = (Path(__file__).parents[1] / "sql" / "offered.sql").read_text()
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
    found = _seen(deployment, *days_to(now))
    asked = _most_used(((provider, model), number) for provider, model, number in found["model"])
    models = [
        Model(provider or None, model) for provider, model in asked if model not in ("", OTHER) and provider != OTHER
    ]
    tasks, routes = (
        _most_used((label or None, number) for _, label, number in found[kind]) for kind in ("task", "route")
    )
    known = [Model(provider, model) for provider, model, _ in found["evidence"]]
    return Offered(
        tasks=tuple(one for one in tasks if one != OTHER)[:MOST],
        routes=tuple(one for one in routes if one not in (None, OTHER))[:MOST],
        models=tuple(models[:MOST]),
        targets=tuple(dict.fromkeys([*models, *known]))[:MOST],
    )


def _seen(deployment: Deployment, first: date, last: date) -> Mapping[str, list[tuple[Any, ...]]]:
    """By kind: provider, label, number."""
    place: Any = {"organization": deployment.organization_id, "deployment": deployment.pk, "environment": PRODUCTION}
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SQL, {**place, "first": first, "last": last})
        for kind, *rest in cursor.fetchall():
            found[kind].append(tuple(rest))
    return found


def _most_used(counted: Iterable[tuple[Any, int]]) -> list[Any]:
    return [name for name, _ in sorted(counted, key=lambda one: (-one[1], str(one[0])))]
