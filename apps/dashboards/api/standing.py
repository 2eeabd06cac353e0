"""GET /api/v1/deployments/{slug}/standing."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.benchmarks.disclosure.gates import Gate
from apps.benchmarks.disclosure.verdict import Place
from apps.benchmarks.queries import (
    NOT_COUNTED,
    NOT_ENOUGH_PEERS,
    NOT_FROZEN,
    NOT_MEASURABLE,
    NOT_POOLED,
    Standing,
    headline,
    standings,
)
from apps.benchmarks.weeks import Week
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import DaysOut


class PeersOut(serializers.Serializer[dict[str, Any]]):
    n = serializers.CharField(help_text="Other organizations, as a band such as `20-29`; never a count.")
    median = serializers.FloatField(allow_null=True)
    interval_low = serializers.FloatField(allow_null=True)
    interval_high = serializers.FloatField(allow_null=True)
    p10 = serializers.FloatField(allow_null=True)
    p25 = serializers.FloatField(allow_null=True)
    p75 = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)


class StandingGateOut(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    passed = serializers.BooleanField()
    measured = serializers.FloatField(allow_null=True)
    needed = serializers.FloatField()
    fix = serializers.CharField(allow_null=True, help_text="What would open a gate that is shut.")


class LiteratureOut(serializers.Serializer[dict[str, Any]]):
    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name
    value = serializers.FloatField()


class StandingOut(serializers.Serializer[dict[str, Any]]):
    metric = serializers.CharField()
    own = serializers.FloatField(allow_null=True, help_text="Of the frozen window; null: not measured.")
    higher_is_better = serializers.BooleanField()
    cohort = serializers.CharField()
    stratum = serializers.CharField(
        allow_null=True, help_text="The part of the pool that is compared; '' is the whole."
    )
    peers = PeersOut(allow_null=True, help_text="What the disclosure policy shows; null when that is nothing.")
    place = serializers.ChoiceField([place.value for place in Place], allow_null=True)
    verdict = serializers.CharField(allow_null=True, help_text="To follow “you are”.")
    within_interval = serializers.BooleanField(allow_null=True, help_text="Too near to the median to tell.")
    eligible = serializers.BooleanField(help_text="Whether its own value was in the pool.")
    missing = serializers.ChoiceField(
        [NOT_FROZEN, NOT_COUNTED, NOT_MEASURABLE, NOT_ENOUGH_PEERS, NOT_POOLED],
        allow_null=True,
        help_text="Why there are no peers.",
    )
    gates = StandingGateOut(many=True)
    literature = LiteratureOut(many=True, help_text="The published study; never peers.")


class StandingRow(StandingOut):
    """As a table, in which each row says of which deployment and week it is."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            "deployment": serializers.CharField(),
            "week": serializers.CharField(allow_null=True),
            **super().get_fields(),
        }


class StandingsOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    week = serializers.CharField(allow_null=True, help_text="ISO week such as `2026-W47`.")
    window = DaysOut(allow_null=True, help_text="Four weeks.")
    frozen_at = serializers.DateTimeField(allow_null=True)
    algorithm = serializers.CharField(allow_null=True)
    headline = serializers.CharField(help_text="The metric that leads: efficiency in the widest scope there is.")
    results = StandingOut(many=True)


EXAMPLE = OpenApiExample(
    "Beside a published table",
    value={
        "deployment": "support-chat",
        "week": "2026-W47",
        "window": {"from": "2026-10-26", "to": "2026-11-22"},
        "frozen_at": "2026-11-23T00:30:04Z",
        "algorithm": "1.1-grid",
        "headline": "efficiency_billing",
        "results": [
            {
                "metric": "efficiency_billing",
                "own": 0.812,
                "higher_is_better": True,
                "cohort": "all",
                "stratum": "complete",
                "peers": {
                    "n": "50-74",
                    "median": 0.85,
                    "interval_low": 0.84,
                    "interval_high": 0.86,
                    "p10": None,
                    "p25": 0.8,
                    "p75": 0.89,
                    "p90": None,
                },
                "place": "worse",
                "verdict": "dearer than the median",
                "within_interval": False,
                "eligible": True,
                "missing": None,
                "gates": [{"name": "contributes", "passed": True, "measured": 1.0, "needed": 1.0, "fix": None}],
                "literature": [],
            }
        ],
    },
)


EXAMPLE_ROW = {"deployment": "support-chat", "week": "2026-W47", **EXAMPLE.value["results"][0]}


class Standings(TableView):
    """Where a deployment stands among its peers."""

    @extend_schema(
        operation_id="deployment_standing",
        tags=["deployments"],
        parameters=[
            OpenApiParameter("week", OpenApiTypes.STR, description="Such as `2026-W47`; the last frozen one."),
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(StandingsOut, EXAMPLE),
            **tables(StandingRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Each benchmarked metric beside its frozen table, in the bands that the disclosure policy allows."""
        deployment = self.deployment(slug)
        found = standings(deployment=deployment, pool=self.organization.pool, week=_week(request))
        leading = headline(found)
        out: dict[str, Any] = {
            "deployment": slug,
            "week": str(leading.week) if leading.week else None,
            "window": {"start": leading.week.first_day, "end": leading.week.last_day} if leading.week else None,
            "frozen_at": leading.frozen_at,
            "algorithm": leading.algorithm or None,
            "headline": leading.metric,
            "results": [_standing(one) for one in found.values()],
        }
        if self.wants_table:
            self.unless_known(out)
            return self.table(StandingRow, ({**one, "deployment": slug, "week": out["week"]} for one in out["results"]))
        return Response(StandingsOut(out).data)


def _week(request: Request) -> Week | None:
    """Raises ValidationError for what is no week, or is not over yet."""
    text = request.query_params.get("week")
    if text is None:
        return None
    try:
        week = Week.parse(text)
    except ValueError as error:
        raise serializers.ValidationError({"week": [f"{str(error).capitalize()}."]}) from error
    if week > Week.last_due(timezone.now()):
        raise serializers.ValidationError({"week": ["This week is not frozen yet: Monday 00:30 UTC after it."]})
    return week


def _standing(one: Standing) -> dict[str, Any]:
    verdict = one.verdict
    return {
        "metric": one.metric,
        "own": one.own,
        "higher_is_better": one.yardstick.higher_is_better,
        "cohort": one.cohort,
        "stratum": one.stratum,
        "peers": _peers(one),
        "place": verdict.place.value if verdict else None,
        "verdict": verdict.words if verdict else None,
        "within_interval": verdict.within_interval if verdict else None,
        "eligible": one.eligible,
        "missing": one.missing or None,
        "gates": [_gate(gate) for gate in one.gates],
        "literature": [{"label": each.label, "value": each.value} for each in one.yardstick.literature],
    }


def _peers(one: Standing) -> dict[str, Any] | None:
    table = one.shown.table
    if table.median is None:
        return None
    names = ("median", "interval_low", "interval_high", "p10", "p25", "p75", "p90")
    return {"n": table.peers, **{name: getattr(table, name) for name in names}}


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "name": gate.name,
        "passed": gate.passed,
        "measured": gate.measured,
        "needed": gate.needed,
        "fix": None if gate.passed else gate.fix,
    }
