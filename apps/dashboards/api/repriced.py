"""GET /api/v1/deployments/{slug}/prices/today."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import DaysOut
from apps.dashboards.queries.prices import Again, again_of
from apps.rollups.reprice import DAYS, RepricedModel


class RepricedOut(serializers.Serializer[dict[str, Any]]):
    provider = serializers.CharField(allow_null=True, help_text="Null: none was told.")
    model = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField(help_text="That were billed.")
    repriced = serializers.IntegerField(help_text="Of these, those that have a price today: the dollars are of these.")
    billed_usd = dollars("Null: none has a price today.")
    today_usd = dollars("The same usage at the same time of the day, at the prices and own terms of today.")
    difference_usd = dollars("Today less billed.")


class AgainOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    asked_at = serializers.DateTimeField(allow_null=True, help_text="Null: nobody asked for it, on the page Prices.")
    computed_at = serializers.DateTimeField(allow_null=True, help_text="Null: not yet.")
    computing = serializers.BooleanField()
    gave_up = serializers.BooleanField(help_text="It died too often.")
    window = DaysOut(allow_null=True, help_text=f"The last {DAYS} days when it was computed.")
    requests = serializers.IntegerField(allow_null=True)
    days_left_out = serializers.IntegerField(allow_null=True, help_text="The oldest ones, which were too many to read.")
    results = RepricedOut(many=True)


EXAMPLE = OpenApiExample(
    "One model became cheaper",
    value={
        "deployment": "support-chat",
        "asked_at": "2026-11-24T08:00:00Z",
        "computed_at": "2026-11-24T08:00:21Z",
        "computing": False,
        "gave_up": False,
        "window": {"from": "2026-08-27", "to": "2026-11-24"},
        "requests": 7253013,
        "days_left_out": 0,
        "results": [
            {
                "provider": "openai",
                "model": "gpt-5-mini",
                "attempts": 4803660,
                "repriced": 4803660,
                "billed_usd": "3955.320000000",
                "today_usd": "3520.110000000",
                "difference_usd": "-435.210000000",
            }
        ],
    },
)


class RepricedView(TableView):
    """The last days at the prices of today."""

    @extend_schema(
        operation_id="deployment_prices_today",
        tags=["prices"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(AgainOut, EXAMPLE),
            **tables(RepricedOut, EXAMPLE.value["results"][0]),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """What the last 90 days would cost at the prices of today, as it was computed when somebody last asked."""
        again = again_of(self.deployment(slug))
        self.unless_known(again and (again.asked_at, again.priced_at, again.waits, again.gave_up))
        rows = [_repriced(one) for one in (again.found.models if again and again.found else ())]
        if self.wants_table:
            return self.table(RepricedOut, rows)
        return Response(AgainOut({"deployment": slug, **_again(again), "results": rows}).data)


def _again(again: Again | None) -> dict[str, Any]:
    found = again.found if again else None
    return {
        "asked_at": again and again.asked_at,
        "computed_at": again and again.priced_at,
        "computing": bool(again and again.waits),
        "gave_up": bool(again and again.gave_up),
        "window": found and {"start": found.first, "end": found.last},
        "requests": found and found.requests,
        "days_left_out": found and found.left,
    }


def _repriced(one: RepricedModel) -> dict[str, Any]:
    billed, today = one.repriced_billed_nano, one.repriced_nano
    said = {"billed_usd": billed, "today_usd": today, "difference_usd": today - billed}
    return {
        "provider": one.provider or None,
        "model": one.model or None,
        "attempts": one.attempts,
        "repriced": one.repriced,
        **{name: exact_dollars(nano if one.repriced else None) for name, nano in said.items()},
    }
