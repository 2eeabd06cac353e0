"""GET /api/v1/deployments/{slug}/failures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.costing.causes import OK
from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.failures_table import EXAMPLE_ROW, FailureRow, failure_rows
from apps.dashboards.api.metrics import EXAMPLE as METRICS_EXAMPLE
from apps.dashboards.api.metrics import MetricOut, metric_of
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, WindowOut, asked
from apps.dashboards.queries.failures import Failures, failures_of, in_vain, overhead
from apps.dashboards.queries.span import Span
from apps.dashboards.queries.state import state_of_figures
from apps.dashboards.wording.causes import CAUSES
from apps.rollups.sums import AttemptSums, RequestSums

METRICS = ("retry_rate", "retry_cost_multiple", "effective_cost_uplift", "failure_rate", "fallback_rate")


class OverheadOut(serializers.Serializer[dict[str, Any]]):
    requests = serializers.IntegerField()
    split = serializers.IntegerField(help_text="Requests whose cost is split: the dollars are of these.")
    retried = serializers.IntegerField(help_text="Requests with more than one attempt.")
    counted = serializers.IntegerField(help_text="Requests whose number of attempts is known, and not 0.")
    failed = serializers.IntegerField()
    outcome_known = serializers.IntegerField()
    fallbacks = serializers.IntegerField()
    fallback_known = serializers.IntegerField()
    retry_overhead_usd = dollars("Sum of the three parts below; null: the cost of no request is split.")
    wasted_attempts_usd = dollars("Attempts in vain of requests that were served after all.")
    fallback_premium_usd = dollars("What answers cost more than planned.")
    failed_requests_usd = dollars("All that was billed for requests without an answer.")
    fallback_saving_usd = dollars("What answers cost less than planned; not taken off the overhead.")


class UnknownBillingOut(serializers.Serializer[dict[str, Any]]):
    attempts = serializers.IntegerField(help_text="Failed attempts that may have been billed; they count as nothing.")
    unbounded = serializers.IntegerField(help_text="Of these, those without an upper bound.")
    at_least_usd = dollars("The retry overhead as it is known.")
    at_most_usd = dollars("With the upper bound of these attempts; null where one has none.")


class CauseOut(serializers.Serializer[dict[str, Any]]):
    cause = serializers.ChoiceField([OK, *CAUSES], help_text="`ok`: it answered, and another answer was used.")
    attempts = serializers.IntegerField()
    wasted_usd = dollars("Billed for them, where the cost of the request is split.", allow_null=False)
    billing_unknown = serializers.IntegerField()


class AskedOut(serializers.Serializer[dict[str, Any]]):
    provider = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)
    wasted_usd = dollars("Billed for attempts in vain that were sent there.", allow_null=False)


class RouteOut(OverheadOut):
    route = serializers.CharField(allow_blank=True, help_text="Empty: none was told.")


class PlannedOut(OverheadOut):
    provider = serializers.CharField(allow_blank=True, help_text="Of the first attempt; empty: none was told.")
    model = serializers.CharField(allow_blank=True)


class DayOut(OverheadOut):
    day = serializers.DateField(help_text="UTC; days without requests are absent.")


class FailuresOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut()
    metrics = MetricOut(many=True)
    total = OverheadOut()
    unknown_billing = UnknownBillingOut()
    causes = CauseOut(many=True)
    routes = RouteOut(many=True)
    planned = PlannedOut(many=True)
    asked = AskedOut(many=True)
    days = DayOut(many=True)


_TOTAL: dict[str, Any] = {
    "requests": 2417671,
    "split": 2408000,
    "retried": 231168,
    "counted": 2417671,
    "failed": 21672,
    "outcome_known": 2417671,
    "fallbacks": 96400,
    "fallback_known": 2395999,
    "retry_overhead_usd": "457.520000000",
    "wasted_attempts_usd": "241.320000000",
    "fallback_premium_usd": "188.000000000",
    "failed_requests_usd": "28.200000000",
    "fallback_saving_usd": "12.750000000",
}
EXAMPLE = OpenApiExample(
    "28 days of a deployment",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22", "environment": "production"},
        "metrics": METRICS_EXAMPLE.value["results"],
        "total": _TOTAL,
        "unknown_billing": {
            "attempts": 61300,
            "unbounded": 0,
            "at_least_usd": "457.520000000",
            "at_most_usd": "515.820000000",
        },
        "causes": [
            {"cause": "timeout", "attempts": 38200, "wasted_usd": "62.400000000", "billing_unknown": 31000},
            {"cause": "rate_limited", "attempts": 101700, "wasted_usd": "0.000000000", "billing_unknown": 0},
        ],
        "routes": [{"route": "answer", **_TOTAL}],
        "planned": [{"provider": "openai", "model": "gpt-5-mini", **_TOTAL}],
        "asked": [{"provider": "openai", "model": "gpt-5-mini", "wasted_usd": "214.320000000"}],
        "days": [{"day": "2026-11-22", **_TOTAL}],
    },
)


class FailuresView(TableView):
    """What failures of a deployment cost."""

    @extend_schema(
        operation_id="deployment_failures",
        tags=["deployments"],
        parameters=[*PARAMETERS, FORMAT],
        responses={
            (200, "application/json"): described(FailuresOut, EXAMPLE),
            **tables(FailureRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The retry overhead in its parts, by cause, route, model and day, and what may have been billed on top of it."""
        deployment = self.deployment(slug)
        query = asked(request)
        self.unless_known(query, state_of_figures(deployment))
        said = _failures(slug, query, failures_of(deployment, Span(**query)))
        return self.table(FailureRow, failure_rows(said)) if self.wants_table else Response(FailuresOut(said).data)


def _failures(slug: str, query: dict[str, Any], found: Failures) -> dict[str, Any]:
    return {
        "deployment": slug,
        "window": query,
        "metrics": [metric_of(found.window.metrics[name]) for name in METRICS],
        "total": _overhead(found.sums),
        "unknown_billing": _unknown(found.sums),
        "causes": [_cause(cause, sums) for cause, sums in found.causes.items()],
        "routes": [{"route": route, **_overhead(sums)} for route, sums in found.routes.items()],
        "planned": [
            {"provider": who, "model": model, **_overhead(sums)} for (who, model), sums in found.planned.items()
        ],
        "asked": [
            {"provider": who, "model": model, "wasted_usd": exact_dollars(sums.wasted_nano)}
            for (who, model), sums in found.asked.items()
        ],
        "days": _days(found.days),
    }


def _overhead(sums: RequestSums) -> dict[str, Any]:
    spent = overhead(sums)
    counts = ("requests", "split", "retried", "counted", "failed", "outcome_known", "fallbacks", "fallback_known")
    return {
        **{name: getattr(sums, name) for name in counts},
        "retry_overhead_usd": exact_dollars(spent.nano if spent else None),
        "wasted_attempts_usd": exact_dollars(spent.wasted_nano if spent else None),
        "fallback_premium_usd": exact_dollars(spent.premium_nano if spent else None),
        "failed_requests_usd": exact_dollars(spent.failed_nano if spent else None),
        "fallback_saving_usd": exact_dollars(spent.saving_nano if spent else None),
    }


def _unknown(sums: RequestSums) -> dict[str, Any]:
    spent = overhead(sums)
    bounded = spent is not None and not sums.unbounded_attempts
    return {
        "attempts": sums.unknown_attempts,
        "unbounded": sums.unbounded_attempts,
        "at_least_usd": exact_dollars(spent.nano if spent else None),
        "at_most_usd": exact_dollars(spent.nano + sums.unknown_upper_nano if spent and bounded else None),
    }


def _cause(cause: str, sums: AttemptSums) -> dict[str, Any]:
    return {
        "cause": cause,
        "attempts": in_vain(cause, sums),
        "wasted_usd": exact_dollars(sums.wasted_nano),
        "billing_unknown": sums.billing_unknown,
    }


def _days(days: Mapping[date, RequestSums]) -> list[dict[str, Any]]:
    return [{"day": day, **_overhead(sums)} for day, sums in sorted(days.items())]
