"""GET /api/v1/deployments/{slug}/assumptions."""

from collections.abc import Sequence
from datetime import UTC, date
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
from apps.deployments.models import Assumptions
from apps.deployments.queries import assumptions_of

PPM = 1_000_000


class AssumptionsOut(serializers.Serializer[dict[str, Any]]):
    effective_from = serializers.DateField(help_text="UTC.")
    effective_until = serializers.DateField(allow_null=True, help_text="Until before this day; null: until changed.")
    in_force = serializers.BooleanField(help_text="Today.")
    workload = serializers.ChoiceField(
        ["user-facing", "background"], help_text="Of requests that do not say themselves whether people wait for them."
    )
    value_per_1000_usd = dollars("What 1,000 user-facing requests are worth; null: not declared.")
    engagement_loss_per_100_ms = serializers.FloatField(help_text="A share: 0.012 is 1.2 %.")
    maintenance_hours_a_month = serializers.DecimalField(
        max_digits=8, decimal_places=2, allow_null=True, help_text="Null: not declared."
    )
    hourly_rate_usd = dollars("Null: not declared.")
    declared_at = serializers.DateTimeField()


class AssumptionsRow(AssumptionsOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class SettingsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    name = serializers.CharField()
    contributes = serializers.BooleanField(help_text="Whether its ratios may enter the benchmark.")
    results = AssumptionsOut(many=True, help_text="The newest first; at most one of them is in force.")


EXAMPLE = OpenApiExample(
    "Declared once",
    value={
        "deployment": "support-chat",
        "name": "Support chat",
        "contributes": True,
        "results": [
            {
                "effective_from": "2026-08-03",
                "effective_until": None,
                "in_force": True,
                "workload": "user-facing",
                "value_per_1000_usd": "0.500000000",
                "engagement_loss_per_100_ms": 0.012,
                "maintenance_hours_a_month": "6.00",
                "hourly_rate_usd": "80.000000000",
                "declared_at": "2026-08-03T09:00:00Z",
            }
        ],
    },
)
EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["results"][0]}


class DeploymentAssumptions(TableView):
    """The settings of a deployment."""

    @extend_schema(
        operation_id="deployment_assumptions",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(SettingsOut, EXAMPLE),
            **tables(AssumptionsRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """What was declared of a deployment, and since when: it changes dollars and hours, never the efficiency."""
        deployment = self.deployment(slug)
        today = timezone.now().astimezone(UTC).date()
        rows = _declared(assumptions_of(deployment), today)
        said = {"deployment": slug, "name": deployment.name, "contributes": deployment.contributes}
        self.unless_known(said, rows)
        if self.wants_table:
            return self.table(AssumptionsRow, ({"deployment": slug, **one} for one in rows))
        return Response(SettingsOut({**said, "results": rows}).data)


def _declared(found: Sequence[Assumptions], today: date) -> list[dict[str, Any]]:
    """`found`: the oldest first."""
    ends = [*(one.effective_from for one in found[1:]), None] if found else []
    rows = [_one(row, until, today) for row, until in zip(found, ends, strict=True)]
    return rows[::-1]


def _one(row: Assumptions, until: date | None, today: date) -> dict[str, Any]:
    return {
        "effective_from": row.effective_from,
        "effective_until": until,
        "in_force": row.effective_from <= today and (until is None or today < until),
        "workload": "user-facing" if row.user_facing else "background",
        "value_per_1000_usd": exact_dollars(row.value_per_1000_nano),
        "engagement_loss_per_100_ms": row.engagement_loss_ppm / PPM,
        "maintenance_hours_a_month": row.maintenance_hours,
        "hourly_rate_usd": exact_dollars(row.hourly_rate_nano),
        "declared_at": row.declared_at,
    }
