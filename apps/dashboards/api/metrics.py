"""GET /api/v1/deployments/{slug}/metrics."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked, window_fields
from apps.dashboards.queries.single import choices_in
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.state import state_of_choices
from apps.rollups.metrics import registry
from apps.rollups.metrics.definition import Direction, Measure, Unit


class MetricOut(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.ChoiceField([unit.value for unit in Unit])
    direction = serializers.ChoiceField([direction.value for direction in Direction])
    value = serializers.FloatField(allow_null=True, help_text="Null: not measured, which is not 0.")
    low = serializers.FloatField(allow_null=True, help_text="95 % interval, where there is one.")
    high = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True, help_text="Share of what it could have covered; see `covers`.")
    covered = serializers.IntegerField()
    covers = serializers.CharField(help_text="What coverage counts.")
    basis = serializers.CharField(
        allow_null=True, help_text="Completeness class, basis of overhead or single model, where it matters."
    )
    caveat = serializers.CharField()


class MetricRow(MetricOut):
    """As a table, in which each row says of what it is."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**window_fields(), **super().get_fields()}


class MetricsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    requests = serializers.IntegerField()
    results = MetricOut(many=True)


WINDOW = {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"}
EXAMPLE = OpenApiExample(
    "One of the metrics",
    value={
        "deployment": "support-chat",
        "window": WINDOW,
        "requests": 2417671,
        "results": [
            {
                "name": "retry_rate",
                "title": "Requests that needed more than one attempt",
                "unit": "share",
                "direction": "lower is better",
                "value": 0.0956,
                "low": 0.0952,
                "high": 0.096,
                "coverage": 1.0,
                "covered": 2417671,
                "covers": "requests whose number of attempts is known, of those that were dispatched",
                "basis": None,
                "caveat": "Attempts that a client or a gateway behind makes unseen are not in it.",
            }
        ],
    },
)

EXAMPLE_ROW = {"deployment": "support-chat", **WINDOW, **EXAMPLE.value["results"][0]}


class Metrics(TableView):
    """Every operational metric of a deployment."""

    @extend_schema(
        operation_id="deployment_metrics",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={
            (200, "application/json"): described(MetricsOut, EXAMPLE),
            **tables(MetricRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """All metrics over a window, each with its coverage and, where there is one, its interval."""
        deployment = self.deployment(slug)
        query = asked(request)
        now = timezone.now()
        self.unless_known(query, now.date(), state_of_choices(deployment))
        window = choices_in(deployment, Span(**query), now=now)
        measures = registry.measure(window.totals, window.days).values()
        if self.wants_table:
            rows = ({"deployment": slug, **query, **metric_of(one)} for one in measures)
            return self.table(MetricRow, rows)
        out = {
            "deployment": slug,
            "window": query,
            "requests": window.totals.requests.requests,
            "results": [metric_of(one) for one in measures],
        }
        return Response(MetricsOut(out).data)


def metric_of(measure: Measure) -> dict[str, Any]:
    metric = measure.metric
    return {
        "name": metric.name,
        "title": metric.title,
        "unit": metric.unit.value,
        "direction": metric.direction.value,
        "value": measure.value,
        "low": measure.low,
        "high": measure.high,
        "coverage": measure.coverage,
        "covered": measure.covered,
        "covers": metric.coverage,
        "basis": measure.basis or None,
        "caveat": metric.caveat,
    }
