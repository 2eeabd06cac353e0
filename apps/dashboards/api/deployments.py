"""GET /api/v1/deployments/."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api import cursor
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.queries.heard import Heard, heard_of
from apps.deployments.models import Assumptions, Deployment
from apps.deployments.queries import assumptions_of_all, deployments_of

MOST = 200


class DeploymentOut(serializers.Serializer[dict[str, Any]]):
    slug = serializers.CharField()
    name = serializers.CharField()
    workload = serializers.ChoiceField(["user-facing", "background"], help_text="As declared for today.")
    contributes = serializers.BooleanField(help_text="Whether its ratios may enter the benchmark.")
    created_at = serializers.DateTimeField()
    last_seen = serializers.DateTimeField(
        allow_null=True, help_text="Of its latest request; midnight of the day when that is more than 35 days ago."
    )


class DeploymentsOut(serializers.Serializer[dict[str, Any]]):
    organization = serializers.CharField()
    demo = serializers.BooleanField(help_text="Whether every number of this organization is simulated.")
    results = DeploymentOut(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class DeploymentsIn(serializers.Serializer[dict[str, Any]]):
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=MOST)
    cursor = serializers.CharField(required=False, max_length=200)


EXAMPLE = OpenApiExample(
    "Two deployments",
    value={
        "organization": "acme",
        "demo": False,
        "results": [
            {
                "slug": "support-chat",
                "name": "support-chat",
                "workload": "user-facing",
                "contributes": True,
                "created_at": "2026-08-03T09:00:00Z",
                "last_seen": "2026-11-24T08:00:00.125000Z",
            },
            {
                "slug": "voice-notes",
                "name": "Voice notes",
                "workload": "background",
                "contributes": False,
                "created_at": "2026-11-24T07:41:00Z",
                "last_seen": None,
            },
        ],
        "next": None,
    },
)


class Deployments(TableView):
    """The deployments of the token's organization."""

    @extend_schema(
        operation_id="deployments",
        tags=["deployments"],
        parameters=[
            OpenApiParameter("limit", OpenApiTypes.INT, description=f"1 to {MOST}; {MOST} by default."),
            OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next`; leave it out for the first page."),
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(DeploymentsOut, EXAMPLE),
            **tables(DeploymentOut, EXAMPLE.value["results"][0]),
            **PROBLEMS,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Every deployment of the organization that the token reads, by its short name."""
        now = timezone.now()
        found, following = self._page(request)
        heard = heard_of(self.organization.pk, found, now=now)
        declared = assumptions_of_all(found, now.astimezone(UTC).date())
        rows = [
            {
                **_deployment(one),
                "workload": _workload(declared.get(one.pk)),
                "last_seen": _last_seen(heard.get(one.pk)),
            }
            for one in found
        ]
        self.unless_known(self.organization.slug, rows, following)
        if self.wants_table:
            return self.table(DeploymentOut, rows, following=following)
        named = {"organization": self.organization.slug, "demo": self.organization.is_demo}
        return Response(DeploymentsOut({**named, "results": rows, "next": following}).data)

    def _page(self, request: Request) -> tuple[list[Deployment], str | None]:
        """The deployments, and where the list goes on. Raises ValidationError."""
        query = DeploymentsIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        limit, only = query.validated_data["limit"], self.program.deployment_ids
        known = deployments_of(self.organization).order_by("slug")
        if only is not None:
            known = known.filter(pk__in=only)
        if after := query.validated_data.get("cursor"):
            known = known.filter(slug__gt=cursor.load_name(after))
        found = list(known[: limit + 1])
        if len(found) <= limit:
            return found, None
        return found[:limit], cursor.address(request, {"cursor": cursor.dump_name(found[limit - 1].slug)})


def _deployment(one: Deployment) -> dict[str, Any]:
    return {"slug": one.slug, "name": one.name, "contributes": one.contributes, "created_at": one.created_at}


def _last_seen(one: Heard | None) -> datetime | None:
    return one.last_seen if one else None


def _workload(declared: Assumptions | None) -> str:
    return "user-facing" if declared is None or declared.user_facing else "background"
