"""GET /api/v1/deployments/{slug}/providers."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked, window_fields
from apps.dashboards.queries.lock_in import CLASSES, Cell, lock_in_of
from apps.dashboards.queries.providers import Serves, serves_of
from apps.dashboards.queries.span import Span
from apps.deployments.relabel import kinds_of_all
from apps.quality.serving import Server, Single, Task, best_single, rule_of


class ServingModelOut(serializers.Serializer[dict[str, Any]]):
    model = serializers.CharField()
    provider = serializers.CharField(allow_null=True, help_text="Whose price is its; null: its maker's.")
    quality = serializers.FloatField()
    low = serializers.FloatField(help_text="Of the 95 % interval.")
    high = serializers.FloatField()
    observations = serializers.IntegerField(help_text="Scored, replayed and pooled together; at least 30.")
    scored = serializers.IntegerField(help_text="Requests of the 28 days before.")
    replayed = serializers.IntegerField()
    pooled = serializers.IntegerField(help_text="The weight of the published pool's value.")
    replayed_at = serializers.DateTimeField(allow_null=True)
    usd_per_1000 = dollars("For 1,000 requests of the task's mean usage, at the prices and terms of now.")
    eligible = serializers.BooleanField(help_text="Reaches the threshold by what is known.")
    may_win = serializers.BooleanField(help_text="The evidence does not rule out that it is the cheapest good enough.")
    on_frontier = serializers.BooleanField(help_text="Nothing is both cheaper and better.")
    planned = serializers.IntegerField(help_text="Requests of the window that were planned on it.")


class ServingModelRow(ServingModelOut):
    """As a table: the models with evidence, task by task."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **window_fields(),
            "task": serializers.CharField(),
            "threshold": serializers.FloatField(),
            **super().get_fields(),
        }


class ServedTaskOut(serializers.Serializer[dict[str, Any]]):
    task = serializers.CharField()
    requests = serializers.IntegerField(help_text="Served by a model, in the window.")
    threshold = serializers.FloatField()
    own_threshold = serializers.BooleanField(help_text="False: 95 % of the best candidate's quality.")
    winner = serializers.CharField(allow_null=True, help_text="The cheapest that is good enough, by what is known.")
    models = ServingModelOut(many=True, help_text="With evidence and a price, the cheapest first.")


class WithoutEvidenceOut(serializers.Serializer[dict[str, Any]]):
    task = serializers.CharField()
    model = serializers.CharField()
    requests = serializers.IntegerField()
    scored = serializers.IntegerField()


class BestSingleOut(serializers.Serializer[dict[str, Any]]):
    model = serializers.CharField(allow_null=True, help_text="Null: none is good enough for every task seen.")
    best_single_gap = serializers.FloatField(
        allow_null=True, help_text="Its cost on the same usage over that of what was planned, less 1."
    )
    coverage = serializers.FloatField(allow_null=True, help_text="Share of requests planned on a model with evidence.")


class LockInOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    task = serializers.CharField()
    standard = serializers.BooleanField(help_text="Whether the task is one of the public taxonomy.")
    providers = serializers.ChoiceField(CLASSES, help_text="That served at least 1 % of the deployment's requests.")
    requests = serializers.IntegerField()
    scored = serializers.IntegerField()
    quality = serializers.FloatField(help_text="The mean score reached.")
    cost_per_quality_usd = dollars("Billed for scored requests, over the sum of their scores.")


class ProvidersOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    known_on = serializers.DateField(help_text="The day whose evidence this is.")
    requests = serializers.IntegerField(help_text="Served by a model.")
    tasks = ServedTaskOut(many=True)
    one_for_everything = serializers.CharField(
        allow_null=True, help_text="A provider that wins every task, whichever of those that may win does."
    )
    no_provider_for_everything = serializers.BooleanField(
        help_text="Each provider is ruled out at some task. False together with null above: the evidence does not tell."
    )
    best_single = BestSingleOut()
    without_evidence = WithoutEvidenceOut(many=True)
    lock_in = LockInOut(many=True, help_text="Of all deployments that the token reads: an association, never a cause.")


EXAMPLE = OpenApiExample(
    "One task, two models",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"},
        "known_on": "2026-11-22",
        "requests": 1604,
        "tasks": [
            {
                "task": "support",
                "requests": 1124,
                "threshold": 0.855,
                "own_threshold": False,
                "winner": "gpt-5-mini",
                "models": [
                    {
                        "model": "gpt-5-mini",
                        "provider": "openai",
                        "quality": 0.902,
                        "low": 0.879,
                        "high": 0.921,
                        "observations": 812,
                        "scored": 812,
                        "replayed": 0,
                        "pooled": 0,
                        "replayed_at": None,
                        "usd_per_1000": "0.611000000",
                        "eligible": True,
                        "may_win": True,
                        "on_frontier": True,
                        "planned": 830,
                    }
                ],
            }
        ],
        "one_for_everything": None,
        "no_provider_for_everything": False,
        "best_single": {"model": "gpt-5-mini", "best_single_gap": -0.12, "coverage": 0.97},
        "without_evidence": [{"task": "support", "model": "gpt-5", "requests": 12, "scored": 11}],
        "lock_in": [
            {
                "deployment": "support-chat",
                "task": "support",
                "standard": False,
                "providers": "3+",
                "requests": 1124,
                "scored": 1012,
                "quality": 0.897,
                "cost_per_quality_usd": "0.000742000",
            }
        ],
    },
    response_only=True,
)


EXAMPLE_ROW = {
    "deployment": "support-chat",
    **EXAMPLE.value["window"],
    "task": "support",
    "threshold": 0.855,
    **EXAMPLE.value["tasks"][0]["models"][0],
}


class Providers(TableView):
    """Who serves a deployment best."""

    @extend_schema(
        operation_id="deployment_providers",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={
            (200, "application/json"): described(ProvidersOut, EXAMPLE),
            **tables(ServingModelRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Quality and price of every model with evidence at each task, who may be the cheapest good enough, and lock-in."""
        (deployment, readable), query = self.deployment_and_readable(slug), asked(request)
        span = Span(**query)
        kinds = kinds_of_all([one.pk for one in readable])
        found = serves_of(deployment, span, now=timezone.now(), kinds=kinds[deployment.pk])
        if self.wants_table:
            return self._models(slug, query, found)
        cells = lock_in_of(readable, span, kinds=kinds)
        return Response(ProvidersOut(_out(slug, query, found, cells)).data)

    def _models(self, slug: str, query: dict[str, Any], found: Serves) -> HttpResponseBase:
        tasks = [_task(one, found) for one in found.tasks]
        self.unless_known(query, tasks)
        rows = (
            {"deployment": slug, **query, "task": task["task"], "threshold": task["threshold"], **model}
            for task in tasks
            for model in task["models"]
        )
        return self.table(ServingModelRow, rows)


def _out(slug: str, query: dict[str, Any], found: Serves, cells: tuple[Cell, ...]) -> dict[str, Any]:
    rule = rule_of(found.tasks)
    return {
        "deployment": slug,
        "window": query,
        "known_on": found.known_on,
        "requests": found.served,
        "tasks": [_task(one, found) for one in found.tasks],
        "one_for_everything": rule.provider or None,
        "no_provider_for_everything": rule.nobody,
        "best_single": _single(best_single(found.tasks)),
        "without_evidence": [
            {"task": task, "model": model, "requests": sums.served_dispatched, "scored": sums.scored}
            for (task, model), sums in found.unknown.items()
        ],
        "lock_in": [_cell(one) for one in cells],
    }


def _task(task: Task, found: Serves) -> dict[str, Any]:
    may, frontier = task.may_win(), task.frontier()
    return {
        "task": task.name,
        "requests": task.served,
        "threshold": task.threshold,
        "own_threshold": task.name in found.thresholds,
        "winner": task.winner.model if task.winner else None,
        "models": [
            {**_model(one, found, task), "may_win": one in may, "on_frontier": one in frontier} for one in task.servers
        ],
    }


def _model(one: Server, found: Serves, task: Task) -> dict[str, Any]:
    seen = found.seen[task.name, one.model]
    return {
        **{name: getattr(one, name) for name in ("model", "quality", "low", "high", "eligible", "planned")},
        "provider": one.provider or None,
        "observations": seen.observations,
        "scored": seen.own,
        "replayed": seen.replayed,
        "pooled": seen.pooled,
        "replayed_at": seen.replayed_at,
        "usd_per_1000": exact_dollars(one.price_nano),
    }


def _single(one: Single) -> dict[str, Any]:
    return {
        "model": one.model,
        "best_single_gap": None if one.gap is None else float(one.gap),
        "coverage": one.covered / one.served if one.served else None,
    }


def _cell(one: Cell) -> dict[str, Any]:
    names = ("deployment", "task", "standard", "providers", "requests", "scored", "quality")
    return {**{name: getattr(one, name) for name in names}, "cost_per_quality_usd": exact_dollars(one.nano_per_quality)}
