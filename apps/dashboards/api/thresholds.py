"""GET /api/v1/deployments/{slug}/thresholds."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.quality.thresholds import MICRO, thresholds_of


class ThresholdOut(serializers.Serializer[dict[str, Any]]):
    task = serializers.CharField()
    effective_from = serializers.DateField(help_text="In force from this day (UTC) until the next one of the task.")
    quality = serializers.FloatField(allow_null=True, help_text="Null: 95 % of the best candidate's again.")
    declared_at = serializers.DateTimeField()


class ThresholdRow(ThresholdOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class ThresholdsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    results = ThresholdOut(many=True)


EXAMPLE = OpenApiExample(
    "One task",
    value={
        "deployment": "support-chat",
        "results": [
            {
                "task": "support",
                "effective_from": "2026-11-01",
                "quality": 0.9,
                "declared_at": "2026-11-02T09:14:00Z",
            }
        ],
    },
    response_only=True,
)
EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["results"][0]}


class Thresholds(TableView):
    """The quality that tasks need."""

    @extend_schema(
        operation_id="deployment_thresholds",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(ThresholdsOut, EXAMPLE),
            **tables(ThresholdRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """Every threshold that was set, by task and day. Who reaches them is told under `providers`."""
        found = [
            {
                "task": one.task,
                "effective_from": one.effective_from,
                "quality": None if one.quality_micro is None else one.quality_micro / MICRO,
                "declared_at": one.declared_at,
            }
            for one in thresholds_of(self.deployment(slug).pk)
        ]
        if self.wants_table:
            self.unless_known(found)
            return self.table(ThresholdRow, ({"deployment": slug, **one} for one in found))
        return Response(ThresholdsOut({"deployment": slug, "results": found}).data)
