"""GET /api/v1/deployments/."""

from datetime import UTC
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.view import ReadView
from apps.dashboards.queries.last_seen import last_seen
from apps.deployments.models import Assumptions, Deployment
from apps.deployments.queries import assumptions_of_all, deployments_of


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
    },
)


class Deployments(ReadView):
    """The deployments of the token's organization."""

    @extend_schema(
        operation_id="deployments",
        tags=["deployments"],
        responses={200: DeploymentsOut, **PROBLEMS},
        examples=[EXAMPLE],
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Every deployment of the organization that the token belongs to, by its short name."""
        now = timezone.now()
        found = list(deployments_of(self.organization))
        seen = last_seen(self.organization.pk, found, now=now)
        declared = assumptions_of_all(found, now.astimezone(UTC).date())
        out = {
            "organization": self.organization.slug,
            "demo": self.organization.is_demo,
            "results": [
                {**_deployment(one), "workload": _workload(declared.get(one.pk)), "last_seen": seen.get(one.pk)}
                for one in found
            ],
        }
        return Response(DeploymentsOut(out).data)


def _deployment(one: Deployment) -> dict[str, Any]:
    return {"slug": one.slug, "name": one.name, "contributes": one.contributes, "created_at": one.created_at}


def _workload(declared: Assumptions | None) -> str:
    return "user-facing" if declared is None or declared.user_facing else "background"
