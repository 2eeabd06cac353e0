"""GET /api/v1/deployments/{slug}/what-if."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from apps.advice.answer import Answer, what_if
from apps.advice.effect import NO_EVIDENCE, NO_PRICE, NOT_TOLD, NOTHING_THERE, Lane, Missing
from apps.advice.facts import Facts
from apps.advice.load import facts_of
from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.view import ReadView
from apps.dashboards.api.window import WindowOut
from apps.dashboards.forms.what_if import FIELDS, KINDS, NO_TASK, WhatIfForm
from apps.dashboards.queries.what_if import offered_of

PARAMETERS = [
    OpenApiParameter(
        "change",
        OpenApiTypes.STR,
        enum=list(KINDS),
        description="Without any parameter: `cap` with `retries` 0. "
        + "; ".join(f"`{kind}` takes {' and '.join(f'`{one}`' for one in FIELDS[kind])}" for kind in KINDS),
    ),
    OpenApiParameter(
        "task", OpenApiTypes.STR, description=f"One that was seen; `{NO_TASK}` for requests without a task."
    ),
    OpenApiParameter("to", OpenApiTypes.STR, description="A model, as `provider/model`."),
    OpenApiParameter("retries", OpenApiTypes.INT, description="The most attempts after the first."),
    OpenApiParameter("route", OpenApiTypes.STR, description="Every route by default."),
    OpenApiParameter("provider", OpenApiTypes.STR, description="One that was seen."),
    OpenApiParameter("sold_by", OpenApiTypes.STR, description="Any provider that sells a model that was seen."),
    OpenApiParameter("of", OpenApiTypes.STR, description="A provider that was seen, or `provider/model`."),
    OpenApiParameter("per_cent", OpenApiTypes.DECIMAL, description="How far the price moves; below 0 it falls."),
]


USUAL = {"change": "cap", "retries": "0"}
"""What is answered to those who ask nothing: what trying again costs, and brings."""


class DollarsOut(serializers.Serializer[dict[str, Any]]):
    low = dollars("More a month than today, at the least; below 0 it saves.")
    high = dollars("At the most.")


class BetweenOut(serializers.Serializer[dict[str, Any]]):
    low = serializers.FloatField()
    high = serializers.FloatField()


class MissingOut(serializers.Serializer[dict[str, Any]]):
    why = serializers.ChoiceField([NO_PRICE, NO_EVIDENCE, NOT_TOLD, NOTHING_THERE])
    what = serializers.CharField(allow_blank=True, help_text="The model, or the model and the task.")
    requests = serializers.IntegerField(help_text="A month.")


class LaneOut(serializers.Serializer[dict[str, Any]]):
    of = serializers.CharField(help_text="The model that answered.")
    to = serializers.CharField(help_text="The one instead.")
    answers = serializers.IntegerField(help_text="That were read.")
    tokens = BetweenOut(help_text="For the same text, times what the model that answered counted.")
    output = BetweenOut(help_text="Tokens of an answer, times those of the model that answered.")
    compared = serializers.IntegerField(allow_null=True, help_text="Answers to the same prompts; null: it is assumed.")


class HoursReadOut(serializers.Serializer[dict[str, Any]]):
    hours = serializers.IntegerField(help_text="That were read, spread evenly.")
    of_hours = serializers.IntegerField()


class WhatIfOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    window = WindowOut(allow_null=True, help_text="Null: no request came in the 28 days before today.")
    sample = HoursReadOut(allow_null=True)
    change = serializers.ChoiceField(list(KINDS))
    usd_a_month = DollarsOut(allow_null=True, help_text="Null: it cannot be said; see `missing`.")
    quality = BetweenOut(
        allow_null=True, help_text="Change of mean quality, in [-1, 1], 95 % interval. Null: not known; see `missing`."
    )
    requests = serializers.IntegerField(help_text="A month, that the dollars are of.")
    coverage = serializers.FloatField(allow_null=True, help_text="Of the requests of that kind.")
    today_usd = dollars("What these cost in a month today.")
    failing = serializers.IntegerField(help_text="Requests a month that would fail.")
    missing = MissingOut(many=True)
    assumed = LaneOut(many=True)


EXAMPLE = OpenApiExample(
    "One task to another model",
    value={
        "deployment": "support-chat",
        "window": {"from": "2026-11-02", "to": "2026-11-29", "environment": "production"},
        "sample": {"hours": 672, "of_hours": 672},
        "change": "move",
        "usd_a_month": {"low": "-420.103000000", "high": "-310.440000000"},
        "quality": {"low": -0.052, "high": 0.004},
        "requests": 48210,
        "coverage": 0.998,
        "today_usd": "452.800000000",
        "failing": 0,
        "missing": [],
        "assumed": [
            {
                "of": "openai/gpt-4o",
                "to": "openai/gpt-4o-mini",
                "answers": 44404,
                "tokens": {"low": 0.9, "high": 1.112},
                "output": {"low": 0.71, "high": 0.94},
                "compared": 812,
            }
        ],
    },
)


class WhatIf(ReadView):
    """What a change of routing would have brought."""

    @extend_schema(
        operation_id="deployment_what_if",
        tags=["deployments"],
        parameters=PARAMETERS,
        responses={200: WhatIfOut, **PROBLEMS},
        examples=[EXAMPLE],
    )
    def get(self, request: Request, slug: str) -> Response:
        """What a change would bring in a month, between what and what, on the 28 complete days before today in production.

        Tokenizers, answer lengths, caches and sampling make the range of dollars, evidence that of quality.
        """
        deployment, now = self.deployment(slug), timezone.now()
        said = request.query_params or USUAL
        kind = str(said.get("change", ""))
        if kind not in KINDS:
            raise ValidationError({"change": [f"Choose one of {', '.join(KINDS)}."]})
        form = WhatIfForm(said, kind=kind, offered=offered_of(deployment, now=now))
        if not form.is_valid():
            raise ValidationError({name: [str(one) for one in told] for name, told in form.errors.items()})
        facts = facts_of(deployment, now=now)
        told = _NOTHING if facts is None else {**_read(facts), **_told(what_if(facts, form.change()))}
        return Response(WhatIfOut({"deployment": slug, "change": kind, **told}).data)


_NOTHING: dict[str, Any] = {
    "window": None,
    "sample": None,
    "usd_a_month": None,
    "quality": None,
    "requests": 0,
    "coverage": None,
    "today_usd": None,
    "failing": 0,
    "missing": [{"why": NOTHING_THERE, "what": "", "requests": 0}],
    "assumed": [],
}


def _read(facts: Facts) -> dict[str, Any]:
    return {
        "window": {"start": facts.first, "end": facts.last, "environment": facts.environment},
        "sample": {"hours": facts.sample.hours, "of_hours": facts.sample.of_hours},
    }


def _told(found: Answer) -> dict[str, Any]:
    return {
        "usd_a_month": None
        if found.dollars is None
        else {"low": exact_dollars(found.dollars.low), "high": exact_dollars(found.dollars.high)},
        "quality": None if found.quality is None else _interval(found.quality),
        "requests": found.requests,
        "coverage": found.coverage,
        "today_usd": exact_dollars(found.base_nano),
        "failing": found.failing,
        "missing": [_missing(one) for one in found.missing],
        "assumed": [_lane(one) for one in found.lanes],
    }


def _interval(ends: tuple[float, float]) -> dict[str, float]:
    return {"low": ends[0], "high": ends[1]}


def _missing(one: Missing) -> dict[str, Any]:
    return {"why": one.why, "what": one.what, "requests": one.requests}


def _lane(one: Lane) -> dict[str, Any]:
    tokens, answers = one.factors.tokens, one.factors.answers
    return {
        "of": one.of.written,
        "to": one.to.written,
        "answers": one.requests,
        "tokens": _interval((tokens[0] / 1000, tokens[1] / 1000)),
        "output": _interval((answers[0] / 1000, answers[1] / 1000)),
        "compared": one.factors.compared,
    }
