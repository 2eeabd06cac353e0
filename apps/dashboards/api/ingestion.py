"""GET /api/v1/deployments/{slug}/ingestion."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import DaysOut
from apps.dashboards.pages.keys import state_of
from apps.dashboards.queries.health import DAYS, MOST_FILES, MOST_KEYS, MOST_SAMPLES, Health, health_of
from apps.deployments.models import IngestKey
from apps.ingest.advice import BY_KIND, advice
from apps.organizations.scopes import Scope

Fields = dict[str, Any]


class CountsOut(serializers.Serializer[Fields]):
    day = serializers.DateField()
    source = serializers.CharField(  # type: ignore[assignment]  # a field of this name
        help_text="`native` counts requests, `otlp` spans, `litellm` calls, `file` rows, `scores` scores."
    )
    posts = serializers.IntegerField(help_text="Of `file`: files that were read to their end.")
    accepted = serializers.IntegerField()
    duplicate = serializers.IntegerField(help_text="Known before, counted once.")
    conflict = serializers.IntegerField(help_text="The same id with other content: the first is kept.")
    rejected = serializers.IntegerField()
    refused = serializers.IntegerField(help_text="Posts turned down whole; how many items they had is not known.")
    last_seen = serializers.DateTimeField()


class CountsRow(CountsOut):
    """As a table: the days, in which each row says of which deployment it is."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class ReasonOut(serializers.Serializer[Fields]):
    kind = serializers.ChoiceField(list(BY_KIND), help_text="`refused` counts posts, the others items.")
    code = serializers.CharField()
    count = serializers.IntegerField()
    advice = serializers.CharField(allow_null=True, help_text="What to do about it.")


class SampleOut(serializers.Serializer[Fields]):
    at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]
    index = serializers.IntegerField(help_text="Of the item in its post, from 0; of `file` the row, from 1.")
    code = serializers.CharField()
    message = serializers.CharField(help_text="Quotes nothing of the item.")


class UnpricedOut(serializers.Serializer[Fields]):
    provider = serializers.CharField(allow_null=True)
    model = serializers.CharField(allow_null=True)
    unpriced_attempts = serializers.IntegerField()
    attempts = serializers.IntegerField()


class PricingOut(serializers.Serializer[Fields]):
    window = DaysOut()
    attempts = serializers.IntegerField(help_text="Rolled up so far, in all environments.")
    unpriced_share = serializers.FloatField(allow_null=True, help_text="Null: no attempt is rolled up.")
    models = UnpricedOut(many=True)


class SkewOut(serializers.Serializer[Fields]):
    posts = serializers.IntegerField(help_text="Whose sender's clock was seen to be wrong; only `Sent-At` tells.")
    corrected = serializers.BooleanField(allow_null=True, help_text="Whether their times were; null: no post.")
    latest_ms = serializers.IntegerField(allow_null=True, help_text="Added to times: positive, the clock is behind.")
    least_ms = serializers.IntegerField(allow_null=True)
    most_ms = serializers.IntegerField(allow_null=True)


class KeyOut(serializers.Serializer[Fields]):
    key_id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(["in use", "expired", "revoked"])
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute; null: never.")


class AsideOut(serializers.Serializer[Fields]):
    units = serializers.IntegerField(help_text="Of spans that could not be turned into requests; they are kept.")
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    latest_at = serializers.DateTimeField(allow_null=True)
    stopped = serializers.ListField(child=serializers.CharField(), help_text="`derive`, `rebuild`: given up for now.")


class FileOut(serializers.Serializer[Fields]):
    id = serializers.UUIDField()
    state = serializers.CharField()
    created_at = serializers.DateTimeField()
    rows = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = serializers.IntegerField()


class IngestionOut(serializers.Serializer[Fields]):
    deployment = serializers.CharField()
    since = serializers.DateTimeField(help_text=f"The beginning of the first of {DAYS} days, today included.")
    until = serializers.DateTimeField()
    time_zone = serializers.CharField(help_text="Of the organization: on its clock days begin.")
    days = CountsOut(many=True, help_text="By day and source, newest first; what is absent had no post.")
    reasons = ReasonOut(many=True)
    samples = SampleOut(many=True, help_text=f"At most three a post, the newest {MOST_SAMPLES}.")
    pricing = PricingOut()
    clock_skew = SkewOut()
    keys = KeyOut(many=True, help_text=f"At most {MOST_KEYS}, those in use first.")
    set_aside = AsideOut()
    files = FileOut(many=True, help_text=f"Handed over in these days, the latest {MOST_FILES}.")


EXAMPLE = OpenApiExample(
    "A few requests were too old",
    value={
        "deployment": "support-chat",
        "since": "2026-11-17T23:00:00Z",
        "until": "2026-11-24T08:00:00Z",
        "time_zone": "Europe/Berlin",
        "days": [
            {
                "day": "2026-11-24",
                "source": "native",
                "posts": 812,
                "accepted": 40311,
                "duplicate": 120,
                "conflict": 0,
                "rejected": 4,
                "refused": 1,
                "last_seen": "2026-11-24T07:59:41Z",
            }
        ],
        "reasons": [
            {"kind": "rejected", "code": "too_old", "count": 4, "advice": advice("rejected", "too_old")},
            {"kind": "refused", "code": "empty", "count": 1, "advice": advice("refused", "empty")},
        ],
        "samples": [
            {
                "at": "2026-11-24T06:12:03Z",
                "source": "native",
                "index": 17,
                "code": "too_old",
                "message": "received_at is older than 400 days, for which raw traces are kept.",
            }
        ],
        "pricing": {
            "window": {"from": "2026-11-18", "to": "2026-11-24"},
            "attempts": 42007,
            "unpriced_share": 0.0012,
            "models": [{"provider": "openai", "model": "our-own", "unpriced_attempts": 50, "attempts": 50}],
        },
        "clock_skew": {"posts": 3, "corrected": True, "latest_ms": 41000, "least_ms": 38000, "most_ms": 41000},
        "keys": [{"key_id": "4f3c2b1a", "label": "gateway", "state": "in use", "last_used_at": "2026-11-24T07:59:41Z"}],
        "set_aside": {"units": 0, "errors": [], "latest_at": None, "stopped": []},
        "files": [],
    },
)


EXAMPLE_ROW = {"deployment": "support-chat", **EXAMPLE.value["days"][0]}


class Ingestion(TableView):
    """What became of everything that was sent."""

    scope = Scope.INGESTION

    def lasting(self, data: Fields) -> Fields:
        return {name: value for name, value in data.items() if name not in ("since", "until")}

    @extend_schema(
        operation_id="deployment_ingestion",
        tags=["deployments"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(IngestionOut, EXAMPLE),
            **tables(CountsRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """What was taken, doubled, rejected and why, over seven days. Posts answered 401, 429 or 503 are in the
        installation's metrics alone: nothing of them was stored."""
        deployment = self.deployment(slug)
        health = health_of(deployment, zone=ZoneInfo(self.organization.time_zone), now=timezone.now())
        said = _said(health)
        if self.wants_table:
            self.unless_known(said["days"])
            return self.table(CountsRow, ({"deployment": slug, **one} for one in said["days"]))
        return Response(IngestionOut({"deployment": slug, **said}).data)


def _said(health: Health) -> Fields:
    return {
        "since": health.since,
        "until": health.now,
        "time_zone": health.zone.key,
        "days": [{**_fields(one), "last_seen": one.latest} for one in health.arrived],
        "reasons": [
            {"kind": one.kind, "code": one.code, "count": one.number, "advice": advice(one.kind, one.code) or None}
            for one in health.reasons
        ],
        "samples": [{**_fields(one), "index": one.number} for one in health.samples],
        "pricing": _pricing(health),
        "clock_skew": {
            **_fields(health.skew),
            # The ledger holds what was added, so that whoever is in it was corrected.
            "corrected": True if health.skew.posts else None,
        },
        "keys": [_key(one, health) for one in health.keys],
        "set_aside": {
            "units": health.aside.units,
            "errors": health.aside.errors,
            "latest_at": health.aside.latest,
            "stopped": [what for what, _ in health.aside.stopped],
        },
        "files": [{**_fields(one), "id": one.key} for one in health.files],
    }


def _fields(one: object) -> Fields:
    """What a serializer then picks from."""
    return dict(vars(one))


def _pricing(health: Health) -> Fields:
    pricing = health.pricing
    whole = sum(one.unpriced for one in pricing.models)
    return {
        "window": {"start": pricing.first, "end": pricing.last},
        "attempts": pricing.attempts,
        "unpriced_share": whole / pricing.attempts if pricing.attempts else None,
        "models": [
            {
                "provider": one.provider or None,
                "model": one.model or None,
                "unpriced_attempts": one.unpriced,
                "attempts": one.attempts,
            }
            for one in pricing.models
        ],
    }


def _key(one: IngestKey, health: Health) -> Fields:
    return {
        "key_id": one.key_id,
        "label": one.label,
        "state": state_of(one, now=health.now),
        "last_used_at": one.last_used_at,
    }
