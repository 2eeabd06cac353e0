"""GET /api/v1/deployments/{slug}/prices/models."""

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
from apps.dashboards.api.window import DaysOut
from apps.dashboards.queries.prices import Name, Used, used
from apps.dashboards.queries.state import state_of_figures
from apps.rollups.sums import AttemptSums


class PricedModelOut(serializers.Serializer[dict[str, Any]]):
    provider = serializers.CharField(allow_null=True, help_text="Null: none was told. `__other__`: all the rest.")
    model = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField()
    unpriced = serializers.IntegerField(help_text="Attempts without any price; in no dollar figure.")
    unpriced_since = serializers.DateField(allow_null=True, help_text="The first day with such an attempt, UTC.")
    reported = serializers.IntegerField(help_text="Attempts whose gateway reported a cost in dollars.")
    compared = serializers.IntegerField(help_text="Of these, those that have a price too.")
    reported_usd = dollars("What was reported for those that are compared; null: none is.")
    computed_usd = dollars("What they cost at the prices of their time, at own terms where there are any.")
    difference_usd = dollars("Reported less computed.")


class PricedModelRow(PricedModelOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **DaysOut().get_fields(), **super().get_fields()}


class PricedModelsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = DaysOut()
    results = PricedModelOut(many=True, help_text="The commonest first.")


EXAMPLE = OpenApiExample(
    "A model with a price, and one without",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22"},
        "results": [
            {
                "provider": "openai",
                "model": "gpt-5-mini",
                "attempts": 1601220,
                "unpriced": 0,
                "unpriced_since": None,
                "reported": 1601220,
                "compared": 1601220,
                "reported_usd": "1331.200000000",
                "computed_usd": "1318.440000000",
                "difference_usd": "12.760000000",
            },
            {
                "provider": None,
                "model": "our-own",
                "attempts": 50,
                "unpriced": 50,
                "unpriced_since": "2026-11-18",
                "reported": 0,
                "compared": 0,
                "reported_usd": None,
                "computed_usd": None,
                "difference_usd": None,
            },
        ],
    },
)
EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["window"], **EXAMPLE.value["results"][0]}


class PricedModels(TableView):
    """What the models of a deployment were billed, against what they cost."""

    @extend_schema(
        operation_id="deployment_price_models",
        tags=["prices"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(PricedModelsOut, EXAMPLE),
            **tables(PricedModelRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """Models of 28 days in every environment: those without a price, and billed by the gateway against computed."""
        deployment, now = self.deployment(slug), timezone.now()
        self.unless_known(now.date(), state_of_figures(deployment))
        found = used(deployment, now=now)
        days = {"start": found.first, "end": found.last}
        rows = [_model(found, name) for name in found.commonest]
        if self.wants_table:
            return self.table(PricedModelRow, ({"deployment": slug, **days, **one} for one in rows))
        return Response(PricedModelsOut({"deployment": slug, "window": days, "results": rows}).data)


def _model(found: Used, name: Name) -> dict[str, Any]:
    sums = found.models[name]
    return {
        "provider": name[0] or None,
        "model": name[1] or None,
        "attempts": sums.attempts,
        "unpriced": sums.unpriced,
        "unpriced_since": found.unpriced_since.get(name) if sums.unpriced else None,
        "reported": sums.reported,
        "compared": sums.compared,
        **_compared(sums),
    }


def _compared(sums: AttemptSums) -> dict[str, Any]:
    reported, computed = sums.compared_reported_nano, sums.compared_computed_nano
    said = {"reported_usd": reported, "computed_usd": computed, "difference_usd": reported - computed}
    return {name: exact_dollars(nano if sums.compared else None) for name, nano in said.items()}
