"""GET /api/v1/deployments/{slug}/rules."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.deployments.labels import FIELDS, MATCHES, TAXONOMY
from apps.deployments.relabel import kinds_of, labels_of
from apps.rollups.marks import hours_waiting


class RuleOut(serializers.Serializer[dict[str, Any]]):
    field = serializers.ChoiceField(FIELDS, help_text="What it looks at; services and agents are tags of that name.")
    tag = serializers.CharField(allow_blank=True, help_text="The key, where it looks at a tag.")
    match = serializers.ChoiceField(MATCHES, help_text="How the text is compared: as it is, case apart.")
    value = serializers.CharField()
    task = serializers.CharField(help_text="What a request that matches is a task of.")


class RuleRow(RuleOut):
    """As a table: the rules, with their place in the order."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        place = serializers.IntegerField(help_text="From 1; the first that matches names the task.")
        return {"deployment": serializers.CharField(), "place": place, **super().get_fields()}


class MergeOut(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(["route", "task"])
    sent = serializers.CharField()
    label = serializers.CharField(help_text="What it is read as, before any rule.")  # type: ignore[assignment]


class KindOut(serializers.Serializer[dict[str, Any]]):
    task = serializers.CharField()
    taxonomy = serializers.ChoiceField(TAXONOMY)


class RulesOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    rules = RuleOut(many=True, help_text="In their order: the first that matches names the task.")
    merges = MergeOut(many=True)
    tasks = KindOut(many=True, help_text="What tasks are in the public taxonomy.")
    hours_waiting = serializers.IntegerField(help_text="Hours of history that are not computed anew yet.")


EXAMPLE = OpenApiExample(
    "One rule, after one merge",
    value={
        "deployment": "support-chat",
        "rules": [{"field": "route", "tag": "", "match": "starts_with", "value": "/support", "task": "support"}],
        "merges": [{"kind": "task", "sent": "Summarise", "label": "summaries"}],
        "tasks": [{"task": "summaries", "taxonomy": "summarization"}],
        "hours_waiting": 0,
    },
    response_only=True,
)
EXAMPLE_ROW = {"deployment": "support-chat", "place": 1, **EXAMPLE.value["rules"][0]}


class Rules(TableView):
    """Which task a request is of."""

    @extend_schema(
        operation_id="deployment_rules",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(RulesOut, EXAMPLE),
            **tables(RuleRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """Rules in their order, labels that are read as others, and the public taxonomy's names; a table has the rules."""
        deployment = self.deployment(slug)
        labels = labels_of(deployment.pk)
        if self.wants_table:
            self.unless_known(labels.rules)
            numbered = enumerate(labels.rules, start=1)
            return self.table(RuleRow, ({"deployment": slug, "place": n, **asdict(one)} for n, one in numbered))
        place = {"organization_id": deployment.organization_id, "deployment_id": deployment.pk}
        out = {
            "deployment": slug,
            "rules": [asdict(one) for one in labels.rules],
            "merges": [asdict(one) for one in labels.merges],
            "tasks": [{"task": task, "taxonomy": kind} for task, kind in sorted(kinds_of(deployment.pk).items())],
            "hours_waiting": hours_waiting(**place),
        }
        return Response(RulesOut(out).data)
