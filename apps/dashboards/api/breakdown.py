"""GET /api/v1/deployments/{slug}/cost/breakdown."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cost import PartOut, dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.view import ReadView
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked
from apps.dashboards.pages.money_table import records
from apps.rollups.breakdown import DIMENSIONS, Slice, breakdown, merge
from apps.rollups.window import declarations

MOST = 500
USUAL = 100


class BreakdownIn(serializers.Serializer[dict[str, Any]]):
    by = serializers.ChoiceField(DIMENSIONS, default=DIMENSIONS[0])
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)


class SliceOut(serializers.Serializer[dict[str, Any]]):
    label = serializers.CharField(  # type: ignore[assignment]
        allow_null=True,
        help_text="Null: none was told, and in `others`. `__other__`: labels beyond the number that is told apart.",
    )
    requests = serializers.IntegerField()
    priced = serializers.IntegerField(help_text="Requests with a cost in USD; the others are in no dollar figure.")
    billed_usd = dollars("Over the priced requests.")
    parts = PartOut(many=True, help_text="Token, retry, latency, selection; maintenance is of the deployment.")
    unknown_billing = serializers.IntegerField(help_text="Failed attempts that may have been billed.")


class OthersOut(SliceOut):
    labels = serializers.IntegerField(help_text="How many labels are summed here.")


class BreakdownOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    by = serializers.ChoiceField(DIMENSIONS)
    results = SliceOut(many=True, help_text="The dearest first.")
    others = OthersOut(allow_null=True, help_text="What is beyond `limit`, as one sum.")


def _part(name: str, usd: str | None, coverage: float | None, **more: Any) -> dict[str, Any]:
    part = {"name": name, "usd": usd, "coverage": coverage, "at_least": False, "at_most_usd": None, "declared": False}
    return {**part, **more}


EXAMPLE = OpenApiExample(
    "By provider",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"},
        "by": "provider",
        "results": [
            {
                "label": "openai",
                "requests": 1487400,
                "priced": 1487400,
                "billed_usd": "1318.440000000",
                "parts": [
                    _part("token", "1064.320000000", 1.0),
                    _part("retry", "254.120000000", 1.0, at_least=True, at_most_usd="286.010000000"),
                    _part("latency", "131.500000000", 1.0, declared=True),
                    _part("selection", None, 0.0),
                ],
                "unknown_billing": 312,
            }
        ],
        "others": None,
    },
)


class Breakdown(ReadView):
    """What a deployment cost, by one label of its requests."""

    @extend_schema(
        operation_id="deployment_cost_breakdown",
        tags=["deployments"],
        parameters=[
            *PARAMETERS,
            OpenApiParameter(
                "by",
                OpenApiTypes.STR,
                enum=DIMENSIONS,
                description="The label; `provider` by default. Providers and models are those that were asked first. By "
                "`environment`, ask for `environment=all`.",
            ),
            OpenApiParameter(
                "limit",
                OpenApiTypes.INT,
                description=f"Labels told apart, {USUAL} by default and {MOST} at most; the others come as one sum.",
            ),
        ],
        responses={200: BreakdownOut, **PROBLEMS},
        examples=[EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:
        """The parts of the cost over a window, by provider, model, task, route or environment."""
        deployment = self.deployment(slug)
        window = asked(request)
        query = BreakdownIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        by, limit = query.validated_data["by"], query.validated_data["limit"]
        found = breakdown(
            by,
            organization_id=deployment.organization_id,
            deployment_id=deployment.pk,
            **window,
            declared=declarations([deployment.pk]).get(deployment.pk, []),
        )
        out = {
            "deployment": slug,
            "window": window,
            "by": by,
            "results": records(found[:limit]),
            "others": _others(found[limit:]),
        }
        return Response(BreakdownOut(out).data)


def _others(left: Sequence[Slice]) -> dict[str, Any] | None:
    return {**records([merge(left)])[0], "labels": len(left)} if left else None
