"""GET /api/v1/deployments/{slug}/annotations."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api import cursor
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, DaysOut, asked
from apps.deployments.models import Annotation

MOST = 200


class AnnotationOut(serializers.Serializer[dict[str, Any]]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(Annotation.Kind.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    told_at = serializers.DateTimeField()


class AnnotationRow(AnnotationOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class AnnotationsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = DaysOut()
    results = AnnotationOut(many=True, help_text="The latest first; without those that were taken back.")
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class AnnotationsIn(serializers.Serializer[dict[str, Any]]):
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=MOST)
    cursor = serializers.CharField(required=False, max_length=200)


EXAMPLE = OpenApiExample(
    "A release",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-10-26", "to": "2026-11-22"},
        "results": [
            {
                "at": "2026-11-20T09:30:00Z",
                "kind": "release",
                "label": "router 4.2",
                "told_at": "2026-11-20T09:30:04.120000Z",
            }
        ],
        "next": None,
    },
)
EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["results"][0]}


class Annotations(TableView):
    """What happened to a deployment."""

    @extend_schema(
        operation_id="deployment_annotations",
        tags=["annotations"],
        parameters=[
            *PARAMETERS[:2],
            OpenApiParameter("limit", OpenApiTypes.INT, description=f"1 to {MOST}; {MOST} by default."),
            OpenApiParameter("cursor", OpenApiTypes.STR, description="From `next`; leave it out for the first page."),
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(AnnotationsOut, EXAMPLE),
            **tables(AnnotationRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Releases, policies, price changes and incidents that charts are marked with, told by hand or by programs."""
        deployment, window = self.deployment(slug), asked(request)
        query = AnnotationsIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        known = Annotation.objects.filter(deployment=deployment, withdrawn_at=None)
        limit, after = query.validated_data["limit"], query.validated_data.get("cursor")
        found = list(_from(_within(known, window), after)[: limit + 1])
        following = _next(request, window, found[limit - 1]) if len(found) > limit else None
        rows = [{name: getattr(one, name) for name in AnnotationOut().get_fields()} for one in found[:limit]]
        self.unless_known(window, rows, following)
        if self.wants_table:
            return self.table(AnnotationRow, ({"deployment": slug, **one} for one in rows), following=following)
        return Response(AnnotationsOut({"deployment": slug, "window": window, "results": rows, "next": following}).data)


def _within(known: QuerySet[Annotation], window: dict[str, Any]) -> QuerySet[Annotation]:
    start, end = (datetime.combine(window[name], time(), UTC) for name in ("start", "end"))
    return known.filter(at__gte=start, at__lt=end + timedelta(days=1)).order_by("-at", "-pk")


def _from(known: QuerySet[Annotation], after: str | None) -> QuerySet[Annotation]:
    """Raises ValidationError for a cursor that is not one of ours."""
    if after is None:
        return known
    at, number = cursor.load_mark(after)
    return known.filter(Q(at__lt=at) | Q(at=at, pk__lt=number))


def _next(request: Request, window: dict[str, Any], last: Annotation) -> str:
    """Of the same days, also when the next page is asked for after midnight."""
    days = {"from": window["start"].isoformat(), "to": window["end"].isoformat()}
    return cursor.address(request, {**days, "cursor": cursor.dump_mark(last.at, last.pk)})
