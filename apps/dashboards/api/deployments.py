"""GET /api/v1/deployments/."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cursor import address, dump_name, load_name
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.queries.heard import Heard, heard_of
from apps.deployments.models import Assumptions, Deployment
from apps.deployments.queries import assumptions_of_all

MOST = 200
CURSOR = OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next`; leave it out for the first page.")


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
            CURSOR,
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
        found, mark = page_of(self.readable(), **query.validated_data)
        return found, address(request, {"cursor": mark}) if mark else None


def page_of(
    readable: QuerySet[Deployment], *, limit: int, cursor: str | None = None
) -> tuple[list[Deployment], str | None]:
    """Those after a cursor, by short name, and the cursor of what follows. Raises ValidationError."""
    known = readable.order_by("slug")
    if cursor:
        known = known.filter(slug__gt=load_name(cursor))
    found = list(known[: limit + 1])
    return found[:limit], dump_name(found[limit - 1].slug) if len(found) > limit else None


def _deployment(one: Deployment) -> dict[str, Any]:
    return {"slug": one.slug, "name": one.name, "contributes": one.contributes, "created_at": one.created_at}


def _last_seen(one: Heard | None) -> datetime | None:
    return one.last_seen if one else None


def _workload(declared: Assumptions | None) -> str:
    return "user-facing" if declared is None or declared.user_facing else "background"
