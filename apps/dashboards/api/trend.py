"""GET /api/v1/deployments/{slug}/trend."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.benchmarks.weeks import Week
from apps.costing.efficiency import SCOPES, Evidence, efficiencies
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, DaysOut, asked
from apps.dashboards.queries.list import TREND, weeks_of
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.state import state_of_figures

SUNDAY = timedelta(days=6)


class WeekOut(DaysOut):
    """A complete ISO week, Monday to Sunday, UTC."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        measured = "Token cost over the total of this scope, 0 to 1; null: a gate of it did not pass."
        return {
            "week": serializers.CharField(help_text="Such as `2026-W47`."),
            **super().get_fields(),
            "requests": serializers.IntegerField(),
            **{f"efficiency_{scope}": serializers.FloatField(allow_null=True, help_text=measured) for scope in SCOPES},
        }


class WeekRow(WeekOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        environment = serializers.CharField(allow_null=True, help_text="Null: all of them.")
        return {"deployment": serializers.CharField(), "environment": environment, **super().get_fields()}


class TrendOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    environment = serializers.CharField(allow_null=True, help_text="Null: all of them.")
    results = WeekOut(many=True, help_text=f"{TREND} weeks, the oldest first; scopes do not compare.")


EXAMPLE = OpenApiExample(
    "The last of thirteen weeks",
    value={
        "deployment": "support-chat",
        "environment": "production",
        "results": [
            {
                "week": "2026-W47",
                "from": "2026-11-16",
                "to": "2026-11-22",
                "requests": 604118,
                "efficiency_billing": 0.832,
                "efficiency_latency": 0.77,
                "efficiency_selection": None,
            }
        ],
    },
)
EXAMPLE_ROW = {"deployment": "support-chat", "environment": "production", **EXAMPLE.value["results"][0]}


class Trend(TableView):
    """The routing efficiency of a deployment, week by week."""

    @extend_schema(
        operation_id="deployment_trend",
        tags=["deployments"],
        parameters=[*PARAMETERS[1:], FORMAT],
        responses={
            (200, "application/json"): described(TrendOut, EXAMPLE),
            **tables(WeekRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Thirteen complete weeks that end no later than `to`: what the list of deployments draws, in every scope."""
        deployment, query, now = self.deployment(slug), asked(request), timezone.now()
        self.unless_known(query, now.date(), state_of_figures(deployment))
        rows = [_week(monday, found) for monday, found in weeks_of(deployment, Span(**query), now=now)]
        about = {"deployment": slug, "environment": query["environment"]}
        if self.wants_table:
            return self.table(WeekRow, ({**about, **one} for one in rows))
        return Response(TrendOut({**about, "results": rows}).data)


def _week(monday: date, found: Evidence | None) -> dict[str, Any]:
    measured = {one.scope: one.value for one in efficiencies(found)} if found else {}
    return {
        "week": str(Week.of(monday)),
        "start": monday,
        "end": monday + SUNDAY,
        "requests": found.requests if found else 0,
        **{f"efficiency_{scope}": measured.get(scope) for scope in SCOPES},
    }
