"""GET /api/v1/deployments/{slug}/thresholds."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.view import ReadView
from apps.quality.thresholds import MICRO, thresholds_of


class ThresholdOut(serializers.Serializer[dict[str, Any]]):
    task = serializers.CharField()
    effective_from = serializers.DateField(help_text="In force from this day (UTC) until the next one of the task.")
    quality = serializers.FloatField(allow_null=True, help_text="Null: 95 % of the best candidate's again.")
    declared_at = serializers.DateTimeField()


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


class Thresholds(ReadView):
    """The quality that tasks need."""

    @extend_schema(
        operation_id="deployment_thresholds",
        tags=["deployments"],
        responses={200: ThresholdsOut, **PROBLEMS},
        examples=[EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002
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
        return Response(ThresholdsOut({"deployment": slug, "results": found}).data)
