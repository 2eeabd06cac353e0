"""GET /api/v1/deployments/{slug}/waiting."""

from collections.abc import Iterator
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
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked, window_fields
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.state import state_of_figures
from apps.dashboards.queries.waiting import MEASURES, Quantiles, Waiting, latency_of, waiting_of

HOUR_US = 3_600_000_000


class AddedOut(serializers.Serializer[dict[str, Any]]):
    part = serializers.ChoiceField(["retry_delay", "routing_overhead"])
    hours = serializers.FloatField(allow_null=True, help_text="Over the window; null: not measured, which is not 0.")
    hours_per_day = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True, help_text="Share of the requests that people waited for.")


class QuantilesOut(serializers.Serializer[dict[str, Any]]):
    n = serializers.IntegerField()
    p50_ms = serializers.FloatField(help_text="Within one per cent.")
    p95_ms = serializers.FloatField()
    p99_ms = serializers.FloatField()


class PeriodOut(QuantilesOut):
    first_day = serializers.DateField(help_text="UTC; periods without a measurement are absent.")


class MeasureOut(serializers.Serializer[dict[str, Any]]):
    measure = serializers.ChoiceField(MEASURES, help_text="Retry delay, or the basis of a routing overhead.")
    whole = QuantilesOut(help_text="Over the window.")
    periods = PeriodOut(many=True)


class ImpactOut(serializers.Serializer[dict[str, Any]]):
    usd = dollars("By what was declared for each day; null: nothing was, or nothing was measured.")
    coverage = serializers.FloatField(allow_null=True, help_text="Share of waited-for requests with both parts known.")


class WaitingOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    requests = serializers.IntegerField()
    user_facing = serializers.IntegerField(help_text="The others are background work, and not counted here.")
    waited_for = serializers.IntegerField(help_text="Less embeddings, rerankings and batches.")
    added_latency_hours_per_day = serializers.FloatField(allow_null=True)
    added = AddedOut(many=True)
    latency_impact = ImpactOut()
    period = serializers.ChoiceField(["day", "week"])
    measures = MeasureOut(many=True, help_text="Of user-facing requests; bases are never mixed.")


class WaitRow(serializers.Serializer[dict[str, Any]]):
    """As a table: of each measure the whole window, then its periods."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **window_fields(),
            "measure": serializers.ChoiceField(MEASURES),
            "period": serializers.ChoiceField(["window", "day", "week"]),
            "first_day": serializers.DateField(help_text="Of the period, UTC."),
            **QuantilesOut().get_fields(),
        }


EXAMPLE_ROW = {
    "deployment": "support-chat",
    "from": "2026-10-26",
    "to": "2026-11-22",
    "environment": "production",
    "measure": "receive_to_dispatch",
    "period": "day",
    "first_day": "2026-11-22",
    "n": 79210,
    "p50_ms": 60.4,
    "p95_ms": 139.0,
    "p99_ms": 372.5,
}
EXAMPLE = OpenApiExample(
    "28 days of a deployment",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"},
        "requests": 2417671,
        "user_facing": 2301144,
        "waited_for": 2288410,
        "added_latency_hours_per_day": 6.21,
        "added": [
            {"part": "retry_delay", "hours": 131.6, "hours_per_day": 4.7, "coverage": 1.0},
            {"part": "routing_overhead", "hours": 42.3, "hours_per_day": 1.51, "coverage": 0.94},
        ],
        "latency_impact": {"usd": "217.000000000", "coverage": 0.94},
        "period": "day",
        "measures": [
            {
                "measure": "receive_to_dispatch",
                "whole": {"n": 2151105, "p50_ms": 61.2, "p95_ms": 140.9, "p99_ms": 388.1},
                "periods": [{"first_day": "2026-11-22", "n": 79210, "p50_ms": 60.4, "p95_ms": 139.0, "p99_ms": 372.5}],
            }
        ],
    },
)


class WaitingView(TableView):
    """What waiting for a deployment costs."""

    @extend_schema(
        operation_id="deployment_waiting",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={
            (200, "application/json"): described(WaitingOut, EXAMPLE),
            **tables(WaitRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Retry delay and routing overhead of user-facing requests: hours, quantiles by basis over time, and dollars.

        More than 92 days are told week by week, each by its Monday.
        """
        deployment = self.deployment(slug)
        query = asked(request)
        self.unless_known(query, state_of_figures(deployment))
        said = _waiting(slug, query, waiting_of(deployment, Span(**query)))
        return self.table(WaitRow, _rows(said)) if self.wants_table else Response(WaitingOut(said).data)


def _waiting(slug: str, query: dict[str, Any], found: Waiting) -> dict[str, Any]:
    sums, impact = found.sums, latency_of(found)
    return {
        "deployment": slug,
        "window": query,
        "requests": sums.requests,
        "user_facing": found.user_facing.requests,
        "waited_for": sums.waiting,
        "added_latency_hours_per_day": found.window.metrics["added_latency_hours_per_day"].value,
        "added": [
            _added("retry_delay", sums.waiting_delay_us, sums.waiting_delay_known, found),
            _added("routing_overhead", sums.waiting_overhead_us, sums.waiting_overhead_known, found),
        ],
        "latency_impact": {"usd": exact_dollars(impact.nano), "coverage": impact.coverage},
        "period": "week" if found.weekly else "day",
        "measures": [
            {
                "measure": name,
                "whole": _quantiles(told),
                "periods": [
                    {"first_day": first, **_quantiles(one)} for first, one in sorted(found.periods[name].items())
                ],
            }
            for name, told in found.whole.items()
        ],
    }


def _rows(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of the answer as its serializer takes it."""
    place = {"deployment": said["deployment"], **said["window"]}
    for one in said["measures"]:
        measure = {**place, "measure": one["measure"]}
        yield {**measure, "period": "window", "first_day": said["window"]["start"], **one["whole"]}
        for period in one["periods"]:
            yield {**measure, "period": said["period"], **period}


def _added(part: str, microseconds: int, known: int, found: Waiting) -> dict[str, Any]:
    hours = microseconds / HOUR_US if known else None
    return {
        "part": part,
        "hours": hours,
        "hours_per_day": None if hours is None else hours / found.span.days,
        "coverage": known / found.sums.waiting if found.sums.waiting else None,
    }


def _quantiles(told: Quantiles) -> dict[str, Any]:
    return {"n": told.n, "p50_ms": told.p50, "p95_ms": told.p95, "p99_ms": told.p99}
