"""GET /api/v1/deployments/{slug}/requests."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api import cursor
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.queries.requests import (
    ANY,
    FALLBACK,
    RETRIED,
    Asked,
    Key,
    Unanswerable,
    WithAttempts,
    listed,
    reach,
    requests,
    rows_of,
)
from apps.dashboards.queries.state import state_of_requests
from apps.dashboards.queries.trace_links import trace_link_of
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.completeness import COMPLETENESS
from apps.dashboards.wording.money import NANO
from apps.deployments.models import Deployment
from apps.organizations import access
from apps.organizations.scopes import Scope
from apps.rollups.within import RowKey
from apps.traces.models import Attempt

MOST = 200
MOST_ROWS = 10_000
"""Of a page as a table, which is read and sent piece by piece."""
PIECE = 200
LARGEST = 1_000_000
OUTCOMES = ("served", "failed")
MATCHED = {
    "environment": "Such as `production`; all by default.",
    "task": "As rules read it.",
    "route": "As it is read.",
    "model": "Of any attempt: the canonical name, or as the sender named it.",
    "provider": "Of any attempt.",
    "tag": "`key`, or `key:value`.",
}
"""Filters by a text that has to be met exactly."""


class UsageOut(serializers.Serializer[dict[str, Any]]):
    input_tokens = serializers.IntegerField(allow_null=True)
    cache_read_input_tokens = serializers.IntegerField(allow_null=True)
    cache_write_input_tokens = serializers.IntegerField(allow_null=True)
    cache_write_1h_input_tokens = serializers.IntegerField(allow_null=True)
    output_tokens = serializers.IntegerField(allow_null=True)
    reasoning_output_tokens = serializers.IntegerField(allow_null=True)


class AttemptOut(serializers.Serializer[dict[str, Any]]):
    n = serializers.IntegerField(help_text="0 is the first dispatch.")
    provider = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True, help_text="Canonical name.")
    raw_model = serializers.CharField(allow_null=True, help_text="As the sender named it.")
    response_model = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    service_tier = serializers.CharField()
    start_offset_ms = serializers.FloatField(allow_null=True)
    latency_ms = serializers.FloatField(allow_null=True)
    ttft_ms = serializers.FloatField(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    error_type = serializers.CharField(allow_null=True)
    response_id = serializers.CharField(allow_null=True)
    usage = UsageOut()
    reported_cost = serializers.DecimalField(
        max_digits=20, decimal_places=9, allow_null=True, help_text="As reported, in `currency`; null when it was not."
    )
    currency = serializers.CharField()


class RequestOut(serializers.Serializer[dict[str, Any]]):
    request_id = serializers.CharField()
    received_at = serializers.DateTimeField()
    environment = serializers.CharField()
    operation = serializers.CharField()
    task = serializers.CharField(allow_null=True, help_text="As the deployment's rules read it.")
    sent_task = serializers.CharField(allow_null=True, help_text="As it was sent.")
    route = serializers.CharField(allow_null=True, help_text="As it is read: several that were sent may be one.")
    sent_route = serializers.CharField(allow_null=True, help_text="As it was sent.")
    policy = serializers.CharField(allow_null=True)
    user_facing = serializers.BooleanField(allow_null=True, help_text="Null: as the deployment's workload says.")
    streaming = serializers.BooleanField(allow_null=True)
    outcome = serializers.ChoiceField(["served", "failed"], allow_null=True)
    serving_attempt = serializers.IntegerField(allow_null=True)
    routing_overhead_ms = serializers.FloatField(allow_null=True)
    overhead_basis = serializers.CharField(allow_null=True)
    latency_ms = serializers.FloatField(allow_null=True)
    ttft_ms = serializers.FloatField(allow_null=True)
    cache_hit = serializers.BooleanField()
    parallel = serializers.BooleanField()
    quality = serializers.FloatField(allow_null=True)
    tags = serializers.DictField(child=serializers.CharField(), allow_null=True)
    completeness = serializers.CharField()
    grouping = serializers.CharField()
    warnings = serializers.ListField(child=serializers.CharField(), allow_null=True)
    trace_url = serializers.CharField(
        allow_null=True,
        help_text="In the organization's own trace viewer, by the template in the deployment's settings; null without one, "
        "or where an id that it asks for is not known.",
    )
    attempts = AttemptOut(many=True)


class RequestsOut(serializers.Serializer[dict[str, Any]]):
    results = RequestOut(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class RequestsIn(serializers.Serializer[dict[str, Any]]):
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    environment = serializers.CharField(required=False, max_length=256)
    task = serializers.CharField(required=False, max_length=256)
    route = serializers.CharField(required=False, max_length=256)
    model = serializers.CharField(required=False, max_length=256)
    provider = serializers.CharField(required=False, max_length=256)
    tag = serializers.CharField(required=False, max_length=513)
    outcome = serializers.ChoiceField(OUTCOMES, required=False)
    completeness = serializers.ChoiceField(list(COMPLETENESS), required=False)
    cause = serializers.ChoiceField([ANY, *CAUSES], required=False)
    again = serializers.ChoiceField([RETRIED, FALLBACK], required=False)
    min_cost_usd = serializers.DecimalField(
        required=False, max_digits=16, decimal_places=9, min_value=Decimal(0), max_value=Decimal(LARGEST)
    )
    min_wait_ms = serializers.FloatField(required=False, min_value=0, max_value=86_400_000)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ROWS, default=50)
    cursor = serializers.CharField(required=False, max_length=2_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            window = reach(attrs.get("since"), attrs.get("until"), now=timezone.now())
        except Unanswerable as error:
            raise serializers.ValidationError({error.field: str(error)}) from error
        most = MOST_ROWS if self.context.get("as_table") else MOST
        if attrs["limit"] > most:
            raise serializers.ValidationError({"limit": [f"Ask for at most {most:,} at a time."]})
        return {**attrs, "since": window[0], "until": window[1]}


EXAMPLE = OpenApiExample(
    "One retried request",
    value={
        "results": [
            {
                "request_id": "r-7f3a91",
                "received_at": "2026-11-22T14:02:11.408000Z",
                "environment": "production",
                "operation": "chat",
                "task": "answer",
                "sent_task": "answer",
                "route": None,
                "sent_route": None,
                "policy": "rules v7",
                "user_facing": True,
                "streaming": True,
                "outcome": "served",
                "serving_attempt": 1,
                "routing_overhead_ms": 64.0,
                "overhead_basis": "receive_to_dispatch",
                "latency_ms": 3946.0,
                "ttft_ms": None,
                "cache_hit": False,
                "parallel": False,
                "quality": None,
                "tags": {"team": "support"},
                "completeness": "complete",
                "grouping": "explicit",
                "warnings": None,
                "trace_url": "https://langfuse.example.com/trace/4bf92f3577b34da6a3ce929d0e0e4736",
                "attempts": [
                    {
                        "n": 0,
                        "provider": "openai",
                        "model": "gpt-5-mini",
                        "raw_model": "gpt-5-mini",
                        "response_model": None,
                        "region": None,
                        "service_tier": "standard",
                        "start_offset_ms": 64.0,
                        "latency_ms": 212.0,
                        "ttft_ms": None,
                        "status": 429,
                        "error_type": "429",
                        "response_id": None,
                        "usage": dict.fromkeys(UsageOut().get_fields()),
                        "reported_cost": None,
                        "currency": "USD",
                    }
                ],
            }
        ],
        "next": None,
    },
)


class Requests(TableView):
    """Requests with their attempts, the newest first."""

    scope = Scope.REQUESTS

    @extend_schema(
        operation_id="deployment_requests",
        tags=["deployments"],
        parameters=[
            OpenApiParameter(
                "since", OpenApiTypes.DATETIME, description="From this moment on; 28 days ago by default."
            ),
            OpenApiParameter("until", OpenApiTypes.DATETIME, description="Before this moment; now by default."),
            *(OpenApiParameter(name, OpenApiTypes.STR, description=text) for name, text in MATCHED.items()),
            OpenApiParameter("outcome", OpenApiTypes.STR, enum=OUTCOMES),
            OpenApiParameter("completeness", OpenApiTypes.STR, enum=list(COMPLETENESS)),
            OpenApiParameter("cause", OpenApiTypes.STR, enum=[ANY, *CAUSES], description="Why an attempt failed."),
            OpenApiParameter(
                "again",
                OpenApiTypes.STR,
                enum=[RETRIED, FALLBACK],
                description="More than one attempt; or an answer from another model or provider than planned.",
            ),
            OpenApiParameter(
                "min_cost_usd", OpenApiTypes.DECIMAL, description="Billed at least; unknown costs are not."
            ),
            OpenApiParameter(
                "min_wait_ms", OpenApiTypes.FLOAT, description="At least so much retry delay and routing overhead."
            ),
            OpenApiParameter(
                "limit",
                OpenApiTypes.INT,
                description=f"1 to {MOST}, as CSV or NDJSON to {MOST_ROWS:,}; 50 by default.",
            ),
            OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next`; leave it out for the first page."),
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(RequestsOut, EXAMPLE),
            **tables(RequestOut, EXAMPLE.value["results"][0]),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The list follows a key, so that the thousandth page costs as little as the first.

        With a filter that few requests meet, a page may hold fewer than `limit`, or none, while there is a `next`; as CSV or
        NDJSON it stands in the header `Link`.
        """
        deployment = self.deployment(slug)
        asked = _asked(request, as_table=self.wants_table)
        self.unless_known(_edge(request), deployment.trace_link, state_of_requests(deployment))
        if self.wants_table:
            found = listed(deployment, asked)
            return self.table(
                RequestOut, _in_pieces(deployment, found.keys), following=_next(request, asked, found.following)
            )
        page = requests(deployment, asked)
        out = {
            "results": [_request(deployment, one) for one in page.rows],
            "next": _next(request, asked, page.following),
        }
        return Response(RequestsOut(out).data)


def _in_pieces(deployment: Deployment, keys: Sequence[RowKey]) -> Iterator[dict[str, Any]]:
    """Read while it is sent, in transactions of their own: that of the request has ended by then."""
    for begin in range(0, len(keys), PIECE):
        with access.scope(deployment.organization_id):
            rows = rows_of(deployment, keys[begin : begin + PIECE])
        yield from (_request(deployment, one) for one in rows)


def _edge(request: Request) -> str:
    """Of a window that moves with the clock, the hour: what leaves it at its far end is not waited for by the second."""
    if "since" in request.query_params:
        return ""
    return f"{timezone.now().astimezone(UTC):%Y-%m-%dT%H}"


def _next(request: Request, asked: Asked, following: Key | None) -> str | None:
    if following is None:
        return None
    kept = {"cursor": cursor.dump(following), "since": _text(asked.since), "until": _text(asked.until)}
    return cursor.address(request, kept)


def _asked(request: Request, *, as_table: bool) -> Asked:
    """Raises ValidationError."""
    query = RequestsIn(data=request.query_params, context={"as_table": as_table})
    query.is_valid(raise_exception=True)
    values = dict(query.validated_data)
    after = values.pop("cursor", None)
    cost, wait = values.pop("min_cost_usd", None), values.pop("min_wait_ms", None)
    return Asked(
        **values,
        min_cost_nano=None if cost is None else int(cost * NANO),
        min_wait_us=None if wait is None else round(wait * 1000),
        after=cursor.load(after) if after else None,
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _request(deployment: Deployment, one: WithAttempts) -> dict[str, Any]:
    row = {name: getattr(one.request, name, None) for name in RequestOut().get_fields()}
    times = ("routing_overhead", "latency", "ttft")
    return {
        **row,
        "task": one.task,
        "route": one.route,
        "sent_task": one.request.task,
        "sent_route": one.request.route,
        **{f"{name}_ms": _ms(getattr(one.request, f"{name}_us")) for name in times},
        "trace_url": trace_link_of(deployment, one) or None,
        "attempts": [_attempt(attempt) for attempt in one.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    row = {name: getattr(attempt, name, None) for name in AttemptOut().get_fields()}
    times = ("start_offset", "latency", "ttft")
    return {
        **row,
        **{f"{name}_ms": _ms(getattr(attempt, f"{name}_us")) for name in times},
        "usage": {name: getattr(attempt, name) for name in UsageOut().get_fields()},
        "reported_cost": exact_dollars(attempt.reported_cost_nano),
    }


def _ms(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000
