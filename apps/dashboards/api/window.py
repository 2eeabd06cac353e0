"""The window that a query asks for, in days (UTC), both included."""

from datetime import UTC, date, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from apps.dashboards.queries.windows import DAYS
from apps.deployments.create import FIRST_DAY

LONGEST_DAYS = 400

PARAMETERS = [
    OpenApiParameter("from", OpenApiTypes.DATE, description=f"First day, UTC; {DAYS} days to `to` by default."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day, UTC, included; today by default."),
    OpenApiParameter(
        "environment", OpenApiTypes.STR, description="`production` by default; `all` for every environment."
    ),
]


class WindowIn(serializers.Serializer[dict[str, Any]]):
    to = serializers.DateField(required=False)
    environment = serializers.CharField(required=False, max_length=256, default="production")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {**super().get_fields(), "from": serializers.DateField(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end: date = attrs.get("to") or timezone.now().astimezone(UTC).date()
        if end < FIRST_DAY:
            raise serializers.ValidationError({"to": [f"Choose a day from {FIRST_DAY:%Y-%m-%d} on."]})
        start: date = attrs.get("from") or end - timedelta(days=DAYS - 1)
        if start > end:
            raise serializers.ValidationError({"from": ["Choose a day that is not after `to`."]})
        if (end - start).days >= LONGEST_DAYS:
            raise serializers.ValidationError({"from": [f"Ask for at most {LONGEST_DAYS} days at a time."]})
        environment = None if attrs["environment"] == "all" else attrs["environment"]
        return {"start": start, "end": end, "environment": environment}


def asked(request: Request) -> dict[str, Any]:
    """start, end, environment. Raises ValidationError."""
    query = WindowIn(data=request.query_params)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def window_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Of a row, what it is of."""
    return {"deployment": serializers.CharField(), **WindowOut().get_fields()}


class DaysOut(serializers.Serializer[dict[str, Any]]):
    """Days in UTC, both included."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateField(source="start"), "to": serializers.DateField(source="end")}


class WindowOut(DaysOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        environment = serializers.CharField(allow_null=True, help_text="Null: all of them.")
        return {**super().get_fields(), "environment": environment}
