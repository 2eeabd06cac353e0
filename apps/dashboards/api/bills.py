"""GET /api/v1/deployments/{slug}/cost/bills."""

from datetime import date, timedelta
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
from apps.dashboards.api.window import PARAMETERS, asked
from apps.dashboards.queries.months import Month, months_of
from apps.dashboards.queries.state import state_of_bills


class MonthOut(serializers.Serializer[dict[str, Any]]):
    month = serializers.DateField(help_text="Its first day, UTC.")
    provider = serializers.CharField(allow_null=True, help_text="Null: attempts that named none.")
    attempts = serializers.IntegerField()
    reported_usd = dollars("What the gateway reported.")
    computed_usd = dollars("What the price book makes of the same tokens, reported or not.")
    counted_usd = dollars("What every other figure counts: the report where there is one, else computed.")
    unpriced = serializers.IntegerField(help_text="Attempts without any price.")
    unknown_billing = serializers.IntegerField(help_text="Failed attempts that may have been billed.")
    bill_usd = dollars("On the bill that was entered, at its rate; null: none was.")
    difference_usd = dollars("On the bill, less what was counted.")


class MonthRow(MonthOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class BillsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    results = MonthOut(many=True, help_text="The newest month first.")


EXAMPLE = OpenApiExample(
    "A month of one provider",
    value={
        "deployment": "support-chat",
        "results": [
            {
                "month": "2026-10-01",
                "provider": "openai",
                "attempts": 1601220,
                "reported_usd": "1318.440000000",
                "computed_usd": "1320.010000000",
                "counted_usd": "1318.440000000",
                "unpriced": 0,
                "unknown_billing": 312,
                "bill_usd": "1331.200000000",
                "difference_usd": "12.760000000",
            }
        ],
    },
)


EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["results"][0]}


class Bills(TableView):
    """Bills of providers beside what was counted."""

    @extend_schema(
        operation_id="deployment_cost_bills",
        tags=["deployments"],
        parameters=[*PARAMETERS[:2], FORMAT],
        responses={
            (200, "application/json"): described(BillsOut, EXAMPLE),
            **tables(MonthRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Whole calendar months (UTC) that the window touches, by provider, in every environment."""
        deployment = self.deployment(slug)
        window = asked(request)
        first, last = whole_months(window["start"], window["end"])
        self.unless_known(first, last, state_of_bills(deployment))
        found = [_month(one) for one in months_of(deployment, first=first, last=last)]
        if self.wants_table:
            return self.table(MonthRow, ({"deployment": slug, **one} for one in found))
        return Response(BillsOut({"deployment": slug, "results": found}).data)


def whole_months(start: date, end: date) -> tuple[date, date]:
    """The first and the last day of the months that these days touch."""
    after = (end.replace(day=1) + timedelta(days=31)).replace(day=1)
    return start.replace(day=1), after - timedelta(days=1)


def _month(one: Month) -> dict[str, Any]:
    sums, bill = one.sums, one.bill
    counted = sums.billed_nano if sums else 0
    return {
        "month": one.first,
        "provider": one.provider or None,
        "attempts": sums.attempts if sums else 0,
        "reported_usd": exact_dollars(sums.reported_nano) if sums and sums.reported and sums.reported_nano else None,
        "computed_usd": exact_dollars(sums.computed_nano) if sums and sums.computed else None,
        "counted_usd": exact_dollars(sums.billed_nano) if sums and sums.billed else None,
        "unpriced": sums.unpriced if sums else 0,
        "unknown_billing": sums.billing_unknown if sums else 0,
        "bill_usd": exact_dollars(bill.usd_nano) if bill else None,
        "difference_usd": exact_dollars(bill.usd_nano - counted) if bill else None,
    }
