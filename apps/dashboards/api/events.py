"""GET /api/v1/deployments/{slug}/events."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked
from apps.dashboards.pages.happened import Row, happenings
from apps.dashboards.queries.happened import MOST_MODELS, happened_in
from apps.dashboards.queries.span import Span
from apps.deployments.models import Annotation


class EventOut(serializers.Serializer[dict[str, Any]]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(Annotation.Kind.choices)
    what = serializers.CharField(help_text="The label of a mark; of a price, the model and what changed.")
    told_by = serializers.CharField(help_text="A person, `a program`, `the operator`, or `the price list`.")


class EventRow(EventOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class EventsOut(WindowOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "deployment": serializers.CharField(), "results": EventOut(many=True)}


EXAMPLE = OpenApiExample(
    "A release, and a price that fell",
    value={
        "from": "2026-10-26",
        "to": "2026-11-22",
        "environment": "production",
        "deployment": "support-chat",
        "results": [
            {"at": "2026-11-17T14:05:00Z", "kind": "release", "what": "router 1.4", "told_by": "a program"},
            {
                "at": "2026-11-01T00:00:00Z",
                "kind": "price_change",
                "what": "gpt-4o (openai): input $2.50 \u2192 $2.00 per 1M tokens",
                "told_by": "the price list",
            },
        ],
    },
    response_only=True,
)
EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["results"][0]}


class Events(TableView):
    """What happened to a deployment."""

    @extend_schema(
        operation_id="deployment_events",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={
            (200, "application/json"): described(EventsOut, EXAMPLE),
            **tables(EventRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
        description=f"""What charts over time are marked with, the latest first: annotations, and the prices that changed of the
{MOST_MODELS} models used most in these days, on the list or agreed. Programs add some by `POST /api/v1/annotations`.""",
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        deployment, window = self.deployment(slug), asked(request)
        found = happenings(happened_in(deployment, Span(**window)), marks="", zone=ZoneInfo("UTC"))
        rows = [_event(one) for one in found.rows]
        if self.wants_table:
            self.unless_known(rows)
            return self.table(EventRow, ({"deployment": slug, **one} for one in rows))
        return Response(EventsOut({**window, "deployment": slug, "results": rows}).data)


def _event(one: Row) -> dict[str, Any]:
    return {"at": one.at, "kind": one.key, "what": one.what, "told_by": one.by}
