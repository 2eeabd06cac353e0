"""GET /api/v1/deployments/{slug}/cost/breakdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cost import PartOut, dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked
from apps.dashboards.pages.money_table import records
from apps.dashboards.queries.money import apart_by
from apps.dashboards.queries.state import state_of_figures
from apps.rollups.breakdown import DIMENSIONS, TAG, Slice, merge

MOST = 500
USUAL = 100


BY = (*DIMENSIONS, TAG)
KEY = "Of tags; the one under which most was billed by default."


class KeyIn(serializers.Serializer[dict[str, Any]]):
    key = serializers.CharField(required=False, default="", max_length=256, trim_whitespace=False)


class BreakdownIn(KeyIn):
    by = serializers.ChoiceField(BY, default=BY[0])
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)


class FiguresOut(serializers.Serializer[dict[str, Any]]):
    requests = serializers.IntegerField()
    priced = serializers.IntegerField(help_text="Requests with a cost in USD; the others are in no dollar figure.")
    billed_usd = dollars("Over the priced requests.")
    unknown_billing = serializers.IntegerField(help_text="Failed attempts that may have been billed.")
    outcome_known = serializers.IntegerField(help_text="Requests whose outcome is known, of which `failed` is a part.")
    failed = serializers.IntegerField()
    counted = serializers.IntegerField(
        help_text="Requests whose attempts can be counted, of which `retried` is a part."
    )
    retried = serializers.IntegerField()
    served_with_tokens = serializers.IntegerField(help_text="Served requests that told their tokens.")
    served_input_tokens = serializers.IntegerField(help_text="Of these, those of the attempts that answered.")
    served_output_tokens = serializers.IntegerField()


class SliceOut(FiguresOut):
    label = serializers.CharField(  # type: ignore[assignment]
        allow_null=True,
        help_text="Null: none was told, and in `others`. `__other__`: labels beyond the number that is told apart.",
    )
    parts = PartOut(many=True, help_text="Token, retry, latency, selection; maintenance is of the deployment.")


class SliceRow(FiguresOut):
    """As a table: a row for each label, and one for the others together, with the parts beside each other."""

    deployment = serializers.CharField()
    by = serializers.ChoiceField(BY)
    key = serializers.CharField(allow_null=True, help_text="Of tags; null by anything else.")
    label = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    labels = serializers.IntegerField(help_text="How many are summed in the row: 1, except in that of the others.")
    token_usd = dollars("Null: not measured, in each of the parts.")
    retry_usd = dollars("At least so much, where failed attempts may have been billed.")
    latency_usd = dollars()
    selection_usd = dollars()


class OthersOut(SliceOut):
    labels = serializers.IntegerField(help_text="How many labels are summed here.")


class BreakdownOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    by = serializers.ChoiceField(BY)
    key = serializers.CharField(
        allow_null=True, help_text="The key of tags whose values are told; null by anything else."
    )
    keys = serializers.ListField(
        child=serializers.CharField(), help_text="By `tag`: keys that requests of these days carry, the dearest first."
    )
    results = SliceOut(many=True, help_text="The dearest first.")
    others = OthersOut(allow_null=True, help_text="What is beyond `limit`, as one sum.")


_MORE = {
    "outcome_known": 1487400,
    "failed": 4120,
    "counted": 1487400,
    "retried": 102210,
    "served_with_tokens": 1483280,
    "served_input_tokens": 1202310000,
    "served_output_tokens": 361200000,
}
EXAMPLE_ROW = {
    **_MORE,
    "deployment": "support-chat",
    "by": "provider",
    "key": None,
    "label": "openai",
    "labels": 1,
    "requests": 1487400,
    "priced": 1487400,
    "billed_usd": "1318.440000000",
    "token_usd": "1064.320000000",
    "retry_usd": "254.120000000",
    "latency_usd": "131.500000000",
    "selection_usd": None,
    "unknown_billing": 312,
}


def _part(name: str, usd: str | None, coverage: float | None, **more: Any) -> dict[str, Any]:
    part = {"name": name, "usd": usd, "coverage": coverage, "at_least": False, "at_most_usd": None, "declared": False}
    return {**part, **more}


EXAMPLE = OpenApiExample(
    "By provider",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"},
        "by": "provider",
        "key": None,
        "keys": [],
        "results": [
            {
                **_MORE,
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


class Breakdown(TableView):
    """What a deployment cost, by one label of its requests."""

    @extend_schema(
        operation_id="deployment_cost_breakdown",
        tags=["deployments"],
        parameters=[
            *PARAMETERS,
            OpenApiParameter(
                "by",
                OpenApiTypes.STR,
                enum=BY,
                description="The label; `provider` by default. Providers and models are those that were asked first. By "
                "`environment`, ask for `environment=all`.",
            ),
            OpenApiParameter("key", OpenApiTypes.STR, description=KEY),
            OpenApiParameter(
                "limit",
                OpenApiTypes.INT,
                description=f"Labels told apart, {USUAL} by default and {MOST} at most; the others come as one sum.",
            ),
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(BreakdownOut, EXAMPLE),
            **tables(SliceRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The parts of the cost over a window, by provider, model, task, route, environment or a key of tags."""
        deployment = self.deployment(slug)
        window = asked(request)
        query = BreakdownIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        by, key, limit = (query.validated_data[name] for name in ("by", "key", "limit"))
        self.unless_known(window, state_of_figures(deployment))
        apart = apart_by(by, key, deployment, **window)
        told, others = records(apart.slices[:limit]), _others(apart.slices[limit:])
        if self.wants_table:
            named = {"deployment": slug, "by": by, "key": apart.key}
            return self.table(SliceRow, _rows(named, [*told, *([others] if others else [])]))
        out = {
            "deployment": slug,
            "window": window,
            "by": by,
            "key": apart.key,
            "keys": [one.key for one in apart.keys.keys] if apart.keys else [],
            "results": told,
            "others": others,
        }
        return Response(BreakdownOut(out).data)


def _rows(named: Mapping[str, Any], told: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in told:
        yield {**named, "labels": 1, **as_columns(one)}


def as_columns(record: Mapping[str, Any]) -> dict[str, Any]:
    """With the parts beside each other."""
    return {**record, **{f"{part['name']}_usd": part["usd"] for part in record["parts"]}}


def _others(left: Sequence[Slice]) -> dict[str, Any] | None:
    return {**records([merge(left)])[0], "labels": len(left)} if left else None
