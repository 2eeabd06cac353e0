"""GET /api/v1/deployments/{slug}/cost."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.costing.efficiency import Efficiency
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked, window_fields
from apps.dashboards.queries.state import state_of_figures
from apps.rollups.parts import Part
from apps.rollups.window import DeploymentWindow, deployment_window


def dollars(help_text: str = "", *, allow_null: bool = True) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=20, decimal_places=9, allow_null=allow_null, help_text=help_text)


class PartOut(serializers.Serializer[dict[str, Any]]):
    name = serializers.ChoiceField(["token", "retry", "latency", "selection", "maintenance"])
    usd = dollars("Null: not measured or not declared, which is not 0.")
    coverage = serializers.FloatField(allow_null=True, help_text="Share of requests (or days) it was computed on.")
    at_least = serializers.BooleanField(help_text="Failed attempts may have been billed without anybody knowing.")
    at_most_usd = dollars("Then the upper bound, where there is one.")
    declared = serializers.BooleanField(help_text="Rests on what the organization declared.")


class PartRow(PartOut):
    """As a table: each part twice, by the organization's declarations and under the published assumptions."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **window_fields(),
            "assumptions": serializers.ChoiceField(["own", "published"]),
            **super().get_fields(),
        }


class GateOut(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    passed = serializers.BooleanField()
    share = serializers.FloatField(allow_null=True)
    floor = serializers.FloatField()


class EfficiencyOut(serializers.Serializer[dict[str, Any]]):
    scope = serializers.ChoiceField(["billing", "latency", "selection"])
    value = serializers.FloatField(allow_null=True, help_text="Token cost over the total of the scope, 0 to 1.")
    gates = GateOut(many=True)


class CostOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    requests = serializers.IntegerField()
    priced = serializers.IntegerField(help_text="Requests with a cost in USD; the others are in no dollar figure.")
    split = serializers.IntegerField(help_text="Requests whose cost is split into parts.")
    billed_usd = dollars("Over the priced requests.")
    parts = PartOut(many=True, help_text="By the organization's own declarations.")
    published_parts = PartOut(many=True, help_text="Under the published assumptions, alike for everybody.")
    efficiencies = EfficiencyOut(many=True, help_text="Under the published assumptions; scopes do not compare.")


def _example_part(name: str, usd: str | None, coverage: float | None, **more: Any) -> dict[str, Any]:
    part = {"name": name, "usd": usd, "coverage": coverage, "at_least": False, "at_most_usd": None, "declared": False}
    return {**part, **more}


EXAMPLE = OpenApiExample(
    "28 days of a deployment",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"},
        "requests": 2417671,
        "priced": 2408000,
        "split": 2408000,
        "billed_usd": "2721.040000000",
        "parts": [
            _example_part("token", "2263.520000000", 0.996),
            _example_part("retry", "457.520000000", 0.996, at_least=True, at_most_usd="515.820000000"),
            _example_part("latency", "217.000000000", 1.0, declared=True),
            _example_part("selection", None, 0.0),
            _example_part("maintenance", "241.000000000", 1.0, declared=True),
        ],
        "published_parts": [],
        "efficiencies": [
            {
                "scope": "billing",
                "value": 0.832,
                "gates": [{"name": "attempts_known", "passed": True, "share": 1.0, "floor": 0.9}],
            }
        ],
    },
)

EXAMPLE_ROW = {
    "deployment": "support-chat",
    "from": "2026-10-26",
    "to": "2026-11-22",
    "environment": "production",
    "assumptions": "own",
    **_example_part("token", "2263.520000000", 0.996),
}


class Cost(TableView):
    """What a deployment cost, part by part."""

    @extend_schema(
        operation_id="deployment_cost",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={(200, "application/json"): described(CostOut, EXAMPLE), **tables(PartRow, EXAMPLE_ROW), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The five parts of the routing cost equation over a window, and the efficiency in each scope."""
        deployment = self.deployment(slug)
        query = asked(request)
        self.unless_known(query, state_of_figures(deployment))
        window = deployment_window(
            deployment.organization_id, deployment.pk, query["start"], query["end"], query["environment"]
        )
        if self.wants_table:
            return self.table(PartRow, _rows(slug, query, window))
        return Response(CostOut(_cost(slug, query, window)).data)


def _cost(slug: str, query: dict[str, Any], window: DeploymentWindow) -> dict[str, Any]:
    sums = window.totals.requests
    return {
        "deployment": slug,
        "window": query,
        "requests": sums.requests,
        "priced": sums.priced,
        "split": sums.split,
        "billed_usd": exact_dollars(sums.billed_nano) if sums.priced else None,
        "parts": [_part(part) for part in window.parts],
        "published_parts": [_part(part) for part in window.published],
        "efficiencies": [_efficiency(one) for one in window.efficiencies],
    }


def _rows(slug: str, query: dict[str, Any], window: DeploymentWindow) -> Iterator[dict[str, Any]]:
    for by, parts in (("own", window.parts), ("published", window.published)):
        for part in parts:
            yield {"deployment": slug, **query, "assumptions": by, **_part(part)}


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "usd": exact_dollars(part.nano),
        "coverage": part.coverage,
        "at_least": part.at_least,
        "at_most_usd": exact_dollars(part.at_most_nano),
        "declared": part.declared,
    }


def _efficiency(one: Efficiency) -> dict[str, Any]:
    gates = [{"name": gate.name, "passed": gate.passed, "share": gate.share, "floor": gate.floor} for gate in one.gates]
    return {"scope": one.scope, "value": one.value, "gates": gates}
