"""GET /api/v1/deployments/{slug}/fixes."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.advice.fixes import KINDS, MOVE, Fix
from apps.advice.stored import Advice, advice_of
from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.what_if import HoursReadOut
from apps.dashboards.api.window import WindowOut
from apps.rollups.queries import PRODUCTION


class SavesOut(serializers.Serializer[dict[str, Any]]):
    low = dollars("Saved a month, at the least.")
    high = dollars("At the most.")


class FixOut(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(KINDS, help_text="Another model for a task; an end to failures of one cause.")
    saves_usd_a_month = SavesOut()
    requests = serializers.IntegerField(help_text="A month.")
    task = serializers.CharField(allow_null=True)
    to = serializers.CharField(allow_null=True, help_text="The model, as `provider/model`.")
    quality = serializers.FloatField(allow_null=True, help_text="Mean quality of that model, as a share of today's.")
    evidence = serializers.IntegerField(allow_null=True, help_text="Observations of that model.")
    route = serializers.CharField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    failed_attempts = serializers.IntegerField(allow_null=True, help_text="A month.")


class FixRow(FixOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class FixesOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    computed_at = serializers.DateTimeField(allow_null=True, help_text="Null: not yet, and there are none here.")
    window = WindowOut(allow_null=True)
    sample = HoursReadOut(allow_null=True)
    fixes = FixOut(
        many=True, help_text="Those that surely save more than 1 % of the bill, by the low end of what they save."
    )


EXAMPLE = OpenApiExample(
    "The fixes of a deployment",
    value={
        "deployment": "support-chat",
        "computed_at": "2026-11-30T08:55:02Z",
        "window": {"from": "2026-11-02", "to": "2026-11-29", "environment": "production"},
        "sample": {"hours": 672, "of_hours": 672},
        "fixes": [
            {
                "kind": "move",
                "saves_usd_a_month": {"low": "310.440000000", "high": "420.103000000"},
                "requests": 48210,
                "task": "classification",
                "to": "openai/gpt-4o-mini",
                "quality": 0.97,
                "evidence": 812,
                "route": None,
                "cause": None,
                "failed_attempts": None,
            }
        ],
    },
)


EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["fixes"][0]}


class Fixes(TableView):
    """What would save most."""

    @extend_schema(
        operation_id="deployment_fixes",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(FixesOut, EXAMPLE),
            **tables(FixRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """The changes that would save most, in dollars a month; computed anew every few hours on 28 complete days."""
        deployment = self.deployment(slug)
        found = advice_of(organization_id=deployment.organization_id, deployment_id=deployment.pk)
        said = _told(slug, found)
        if self.wants_table:
            self.unless_known(said)
            return self.table(FixRow, ({"deployment": slug, **one} for one in said["fixes"]))
        return Response(FixesOut(said).data)


def _told(slug: str, found: Advice | None) -> dict[str, Any]:
    if found is None:
        return {"deployment": slug, "computed_at": None, "window": None, "sample": None, "fixes": []}
    return {
        "deployment": slug,
        "computed_at": found.computed_at,
        "window": {"start": found.first, "end": found.last, "environment": PRODUCTION},
        "sample": {"hours": found.hours, "of_hours": found.of_hours},
        "fixes": [_fix(one) for one in found.fixes],
    }


def _fix(one: Fix) -> dict[str, Any]:
    is_move = one.kind == MOVE
    return {
        "kind": one.kind,
        "saves_usd_a_month": {"low": exact_dollars(one.saves.low), "high": exact_dollars(one.saves.high)},
        "requests": one.requests,
        "task": one.task if is_move else None,
        "to": one.to.written if one.to else None,
        "quality": one.quality,
        "evidence": one.evidence if is_move else None,
        "route": one.route or None,
        "cause": one.cause or None,
        "failed_attempts": None if is_move else one.attempts,
    }
