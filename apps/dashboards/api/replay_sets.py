"""GET /api/v1/deployments/{slug}/replay-sets."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.quality.replays import SOLVED_AT, Policy, Replay
from apps.quality.sets import MOST_OUTCOMES, MOST_SETS, ReplaySet, replay_sets
from apps.rollups.prices import book_or_empty

PARAMETERS = [
    OpenApiParameter("name", OpenApiTypes.STR, description=f"One set; without it the newest {MOST_SETS}."),
    OpenApiParameter("solved_at", OpenApiTypes.FLOAT, description=f"The score that solves a prompt; {SOLVED_AT}."),
    OpenApiParameter(
        "quality",
        OpenApiTypes.FLOAT,
        description="Accuracy asked of the cheapest single model; 95 % of the best one's by default.",
    ),
]


class ReplayIn(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(required=False, max_length=100)
    solved_at = serializers.FloatField(required=False, min_value=0, max_value=1, default=SOLVED_AT)
    quality = serializers.FloatField(required=False, min_value=0, max_value=1)


class PolicyOut(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    solved = serializers.IntegerField()
    accuracy = serializers.FloatField()
    mean_score = serializers.FloatField()
    cost_usd = serializers.DecimalField(
        max_digits=20, decimal_places=9, allow_null=True, help_text="Null: some cost is not known."
    )
    optimal_selection = serializers.FloatField(
        allow_null=True,
        help_text="Of the prompts that some model solved, those solved at no more than 1.05 times the least cost.",
    )
    optimal_cost = serializers.FloatField(allow_null=True, help_text="Least cost of what it solved over its own.")
    optimal_accuracy = serializers.FloatField(allow_null=True, help_text="Of the prompts that some model solved.")


class PolicyRow(PolicyOut):
    """As a table: what each model, and the oracle, made of each set, as a whole and task by task."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            "deployment": serializers.CharField(),
            "set": serializers.CharField(),
            "task": serializers.CharField(allow_null=True, help_text="Null: the whole set."),
            "prompts": serializers.IntegerField(help_text="Tried by every model of the set."),
            "solvable": serializers.IntegerField(help_text="Solved by some model."),
            "oracle": serializers.BooleanField(help_text="Whether it is the oracle, an upper bound, and no model."),
            **super().get_fields(),
        }


class ReplayOut(serializers.Serializer[dict[str, Any]]):
    task = serializers.CharField(allow_null=True, help_text="Null: the whole set.")
    prompts = serializers.IntegerField(help_text="Tried by every model of the set: all figures are over these.")
    incomplete = serializers.IntegerField(help_text="Prompts that some model did not try; left out.")
    solvable = serializers.IntegerField(help_text="Solved by some model.")
    models = PolicyOut(many=True, help_text="Each model alone, the cheapest first.")
    oracle = PolicyOut(allow_null=True, help_text="An upper bound: the cheapest model that solved each prompt.")
    best_single = serializers.CharField(allow_null=True)
    cheapest_single = serializers.CharField(allow_null=True, help_text="The cheapest model that reaches `quality`.")
    quality = serializers.FloatField(allow_null=True)


class ReplaySetOut(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    outcomes = serializers.IntegerField()
    last_received_at = serializers.DateTimeField()
    whole = ReplayOut(allow_null=True, help_text=f"Null: more than {MOST_OUTCOMES:,} outcomes.")
    tasks = ReplayOut(many=True)


class ReplaySetsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    solved_at = serializers.FloatField()
    results = ReplaySetOut(many=True)


_MODEL = {
    "name": "gpt-5-mini",
    "solved": 164,
    "accuracy": 0.82,
    "mean_score": 0.82,
    "cost_usd": "0.122000000",
    "optimal_selection": 0.44,
    "optimal_cost": 0.71,
    "optimal_accuracy": 0.87,
}
_ORACLE = {
    **_MODEL,
    "name": "oracle",
    "solved": 188,
    "accuracy": 0.94,
    "mean_score": 0.94,
    "cost_usd": "0.099000000",
    **dict.fromkeys(("optimal_selection", "optimal_cost", "optimal_accuracy"), 1.0),
}
_WHOLE = {
    "task": None,
    "prompts": 200,
    "incomplete": 0,
    "solvable": 188,
    "models": [_MODEL],
    "oracle": _ORACLE,
    "best_single": "gpt-5-mini",
    "cheapest_single": "gpt-5-mini",
    "quality": 0.779,
}
EXAMPLE = OpenApiExample(
    "One set, of one model",
    value={
        "deployment": "support-chat",
        "solved_at": 0.5,
        "results": [
            {
                "name": "evaluation of November",
                "outcomes": 200,
                "last_received_at": "2026-11-20T10:00:00Z",
                "whole": _WHOLE,
                "tasks": [],
            }
        ],
    },
    response_only=True,
)
EXAMPLE_ROW = {
    "deployment": "support-chat",
    "set": "evaluation of November",
    **{name: _WHOLE[name] for name in ("task", "prompts", "solvable")},
    "oracle": False,
    **_MODEL,
}


class ReplaySets(TableView):
    """Outcomes of several models on the same prompts."""

    @extend_schema(
        operation_id="deployment_replay_sets",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={
            (200, "application/json"): described(ReplaySetsOut, EXAMPLE),
            **tables(PolicyRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """What each replay set says: every model alone, the best, the cheapest that is good enough, and the oracle."""
        deployment = self.deployment(slug)
        query = ReplayIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        quality = asked.get("quality")
        found = replay_sets(
            deployment.pk,
            book=book_or_empty(),
            name=asked.get("name"),
            solved_at=asked["solved_at"],
            quality=None if quality is None else Fraction(str(quality)),
        )
        sets = [_set(one) for one in found]
        if self.wants_table:
            self.unless_known(sets)
            return self.table(PolicyRow, ({"deployment": slug, **row} for one in sets for row in _rows(one)))
        return Response(ReplaySetsOut({"deployment": slug, "solved_at": asked["solved_at"], "results": sets}).data)


def _set(one: ReplaySet) -> dict[str, Any]:
    return {
        "name": one.name,
        "outcomes": one.outcomes,
        "last_received_at": one.last_received_at,
        "whole": one.whole and _replay(one.whole),
        "tasks": [_replay(task) for task in one.tasks],
    }


def _rows(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for replay in (one["whole"], *one["tasks"]):
        if replay is None:
            continue
        said = {"set": one["name"], **{name: replay[name] for name in ("task", "prompts", "solvable")}}
        yield from ({**said, "oracle": False, **model} for model in replay["models"])
        if replay["oracle"]:
            yield {**said, "oracle": True, **replay["oracle"]}


def _replay(one: Replay) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in ("task", "prompts", "incomplete", "solvable")},
        "models": [_policy(model) for model in one.models],
        "oracle": one.oracle and _policy(one.oracle),
        "best_single": one.best_single,
        "cheapest_single": one.cheapest_single,
        "quality": None if one.quality is None else float(one.quality),
    }


def _policy(one: Policy) -> dict[str, Any]:
    shares = {name: getattr(one, name) for name in ("optimal_selection", "optimal_cost", "optimal_accuracy")}
    return {
        "name": one.name,
        "solved": one.solved,
        "accuracy": float(one.accuracy),
        "mean_score": one.mean_score,
        "cost_usd": exact_dollars(one.cost_nano),
        **{name: None if share is None else float(share) for name, share in shares.items()},
    }
