"""GET /api/v1/deployments/{slug}/decay and /policies."""

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.benchmarks.queries import ShownWeek
from apps.costing.decay import CAUSES
from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.queries.decay import Decayed, Fall, Rate, decayed_of, rate_of
from apps.rollups.decay import SCALE
from apps.rollups.epochs import Basis, Epoch
from apps.rollups.events import Kind


class RateOut(serializers.Serializer[dict[str, Any]]):
    value = serializers.FloatField(allow_null=True, help_text="optimal_selection_rate; null: nothing was evaluable.")
    low = serializers.FloatField(allow_null=True, help_text="Wilson interval at 95 %.")
    high = serializers.FloatField(allow_null=True)
    evaluable = serializers.IntegerField()
    optimal = serializers.IntegerField()
    coverage = serializers.FloatField(allow_null=True, help_text="Evaluable requests, of those that an attempt served.")
    days = serializers.IntegerField()


class PartsOut(serializers.Serializer[dict[str, Any]]):
    """Shares of 1; below 0: a gain. They sum to the loss, to a billionth."""

    price_change = serializers.FloatField()
    new_model = serializers.FloatField()
    quality = serializers.FloatField()
    traffic_mix = serializers.FloatField()


class EpochOut(serializers.Serializer[dict[str, Any]]):
    first_day = serializers.DateField(help_text="UTC; the first day that most of is under these rules.")
    last_day = serializers.DateField(allow_null=True, help_text="Null: they are the present ones.")
    basis = serializers.ChoiceField(
        [one.value for one in Basis],
        help_text="declared: a policy annotation. sent: most requests name the policy. inferred: another model leads a task. "
        "first_seen: the first day with requests.",
    )
    name = serializers.CharField(
        allow_null=True, help_text="As declared or sent; of inferred ones, which task changed."
    )
    age_days = serializers.IntegerField()
    baseline = RateOut(help_text="Its first seven evaluable days.")
    recent = RateOut(help_text="Its last seven evaluable days after the first.")
    loss = serializers.FloatField(allow_null=True, help_text="Of the rate, as a share of 1; below 0: it has risen.")
    loss_low = serializers.FloatField(allow_null=True, help_text="Newcombe's interval at 95 %.")
    loss_high = serializers.FloatField(allow_null=True)
    causes = PartsOut(allow_null=True, help_text="Of this loss; null while it is not computed, or where it cannot be.")


class DecayDayOut(serializers.Serializer[dict[str, Any]]):
    day = serializers.DateField()
    age_days = serializers.IntegerField(help_text="Since the first day of the rules, which is day 0.")
    rate = RateOut()
    loss = serializers.FloatField(allow_null=True, help_text="Against the baseline; null: not computed yet.")
    causes = PartsOut(allow_null=True)


class HappenedOut(serializers.Serializer[dict[str, Any]]):
    day = serializers.DateField()
    kind = serializers.ChoiceField([one.value for one in Kind])
    model = serializers.CharField()
    price_ratio = serializers.FloatField(allow_null=True, help_text="Of a price change: after it, of before it.")


class EpochRow(EpochOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class DecayDayRow(DecayDayOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class PeerWeekOut(serializers.Serializer[dict[str, Any]]):
    week = serializers.CharField(
        help_text="ISO week such as `2026-W47`; the figures are of the four weeks to its Sunday."
    )
    n = serializers.CharField(help_text="Other organizations, as a band such as `20-29`; never a count.")
    median = serializers.FloatField()
    p25 = serializers.FloatField(allow_null=True, help_text="Null: too few organizations for it.")
    p75 = serializers.FloatField(allow_null=True)


class DecayOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    last_day = serializers.DateField(help_text="The last complete day, UTC. Production alone is looked at.")
    policy = EpochOut(allow_null=True, help_text="The present rules; null before the first request.")
    causes = PartsOut(allow_null=True, help_text="Of the loss of the present rules; null while it is not computed.")
    excess_usd = dollars("Selection inefficiency of the 28 days to the last day; null: nothing was evaluable.")
    days = DecayDayOut(many=True, help_text="Evaluable days under the present rules.")
    peers = PeerWeekOut(
        many=True,
        help_text="The published tables of the rate, of frozen weeks that show a median to this organization.",
    )
    events = HappenedOut(
        many=True, help_text="Of models with evidence and a price, under the present rules and those before."
    )


class PoliciesOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    results = EpochOut(many=True, help_text="In order, without gaps.")


_BASELINE = {
    "value": 0.864, "low": 0.861, "high": 0.867, "evaluable": 52110, "optimal": 45023, "coverage": 0.62, "days": 7,
}  # fmt: skip
_RECENT = {
    "value": 0.8, "low": 0.797, "high": 0.803, "evaluable": 61040, "optimal": 48832, "coverage": 0.62, "days": 7,
}  # fmt: skip
_CAUSES = {"price_change": 0.026, "new_model": 0.021, "quality": 0.005, "traffic_mix": 0.012}
_EPOCH = {
    "first_day": "2026-08-31",
    "last_day": None,
    "basis": "declared",
    "name": "rules v7",
    "age_days": 84,
    "baseline": _BASELINE,
    "recent": _RECENT,
    "loss": 0.064,
    "loss_low": 0.0596,
    "loss_high": 0.0684,
    "causes": _CAUSES,
}
DECAY = OpenApiExample(
    "Rules of 84 days",
    value={
        "deployment": "support-chat",
        "last_day": "2026-11-22",
        "policy": _EPOCH,
        "causes": _CAUSES,
        "excess_usd": "289.120000000",
        "days": [
            {"day": "2026-11-22", "age_days": 83, "rate": {**_RECENT, "evaluable": 8720, "optimal": 6976, "days": 1},
             "loss": 0.064, "causes": _CAUSES}
        ],
        "peers": [{"week": "2026-W47", "n": "20-29", "median": 0.68, "p25": 0.605, "p75": 0.735}],
        "events": [
            {"day": "2026-10-02", "kind": "price_change", "model": "gemini-2.5-flash-lite", "price_ratio": 0.75},
            {"day": "2026-10-27", "kind": "new_model", "model": "mistral-small", "price_ratio": None},
        ],
    },
)  # fmt: skip
POLICIES = OpenApiExample("One policy epoch", value={"deployment": "support-chat", "results": [_EPOCH]})
DAY = {"deployment": "support-chat", **DECAY.value["days"][0]}


class DecayView(TableView):
    """How the rules of a deployment age."""

    @extend_schema(
        operation_id="deployment_decay",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={(200, "application/json"): described(DecayOut, DECAY), **tables(DecayDayRow, DAY), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """optimal_selection_rate by days since the present rules began, and what it lost to which of four causes.

        The baseline is their first seven evaluable days. The loss is split by judging both days' traffic under every mixture
        of the two days' prices, candidates, quality and traffic (Shapley): no order is preferred, and the causes sum to it.
        A table has the days alone.
        """
        found = decayed_of(self.deployment(slug), now=timezone.now())
        said = _decay(slug, found)
        if self.wants_table:
            self.unless_known(said["days"])
            return self.table(DecayDayRow, ({"deployment": slug, **one} for one in said["days"]))
        return Response(DecayOut(said).data)


class PoliciesView(TableView):
    """Since when the rules of a deployment are what they are."""

    @extend_schema(
        operation_id="deployment_policies",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(PoliciesOut, POLICIES),
            **tables(EpochRow, {"deployment": "support-chat", **_EPOCH}),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """Policy epochs: declared by an annotation of the kind policy, sent with requests, or inferred."""
        found = decayed_of(self.deployment(slug), now=timezone.now())
        rows = [_epoch(one, found) for one in found.chosen.epochs]
        if self.wants_table:
            self.unless_known(rows)
            return self.table(EpochRow, ({"deployment": slug, **one} for one in rows))
        return Response(PoliciesOut({"deployment": slug, "results": rows}).data)


def _decay(slug: str, found: Decayed) -> dict[str, Any]:
    epoch, fall = found.chosen.current, found.current
    return {
        "deployment": slug,
        "last_day": found.last,
        "policy": _epoch(epoch, found) if epoch else None,
        "causes": _parts(fall),
        "excess_usd": exact_dollars(found.regret_nano),
        "days": _days(epoch, found) if epoch else [],
        "peers": [_peers(one) for one in found.band],
        "events": [
            {
                "day": one.day,
                "kind": one.kind.value,
                "model": one.model,
                "price_ratio": None if one.per_mille is None else one.per_mille / 1000,
            }
            for one in found.aged.events
        ],
    }


def _peers(one: ShownWeek) -> dict[str, Any]:
    table = one.shown.table
    return {"week": str(one.week), "n": table.peers, "median": table.median, "p25": table.p25, "p75": table.p75}


def _epoch(epoch: Epoch, found: Decayed) -> dict[str, Any]:
    fall = found.falls[epoch.first]
    low, high = fall.interval or (None, None)
    return {
        "first_day": epoch.first,
        "last_day": epoch.end,
        "basis": epoch.basis.value,
        "name": epoch.label or None,
        "age_days": found.age(epoch),
        "baseline": _rate(fall.before),
        "recent": _rate(fall.after),
        "loss": fall.loss,
        "loss_low": low,
        "loss_high": high,
        "causes": _parts(fall),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval or (None, None)
    return {
        "value": rate.value,
        "low": low,
        "high": high,
        "evaluable": rate.choices.evaluable,
        "optimal": rate.choices.optimal,
        "coverage": rate.coverage,
        "days": len(rate.days),
    }


def _parts(fall: Fall | None) -> dict[str, float] | None:
    if fall is None or fall.parts is None:
        return None
    return {cause.value: float(fall.parts[cause]) for cause in CAUSES}


def _days(epoch: Epoch, found: Decayed) -> list[dict[str, Any]]:
    splits = found.aged.splits
    return [
        {
            "day": day,
            "age_days": (day - epoch.first).days,
            "rate": _rate(rate_of(found.chosen, [day])),
            "loss": splits[day].loss / SCALE if day in splits else None,
            "causes": {cause.value: splits[day].parts[cause] / SCALE for cause in CAUSES} if day in splits else None,
        }
        for day in found.chosen.evaluable_days(epoch)
    ]
