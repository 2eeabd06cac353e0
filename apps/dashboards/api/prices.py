"""GET /api/v1/deployments/{slug}/prices."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.queries.prices import AHEAD, PricesOn, prices_on
from apps.dashboards.queries.state import state_of_prices
from apps.deployments.create import FIRST_DAY
from apps.pricing.listing import Listed
from apps.pricing.models import TIERS

RATES = {
    "input": "Of input; cached input costs so much too, where it has no price of its own.",
    "cache_read": "Of input that the provider had cached.",
    "cache_write": "Of input that it was asked to cache, for its usual time.",
    "cache_write_1h": "Of input that it was asked to cache for an hour.",
    "output": "Of output.",
    "reasoning_output": "Of output that is reasoning, where that has a price of its own.",
}


class PriceOut(serializers.Serializer[dict[str, Any]]):
    """A price of a model in one tier, for some sizes of the input and hours of the day."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        rates = {f"{rate}_usd_per_mtok": dollars(f"{said} A million tokens.") for rate, said in RATES.items()}
        return {**super().get_fields(), **rates, "request_usd": dollars("Of each request, beside its tokens.")}

    provider = serializers.CharField(allow_null=True, help_text="As attempts name it; null: none was told.")
    model = serializers.CharField(help_text="As attempts name it.")
    listed_by = serializers.CharField(help_text="Whose list it is: the provider's own, or that of the model's maker.")
    listed_as = serializers.CharField(help_text="The model's name in that list.")
    service_tier = serializers.ChoiceField(TIERS, help_text="A tier that is not listed is priced as `standard`.")
    effective_from = serializers.DateTimeField(allow_null=True, help_text="Null: since ever.")
    effective_until = serializers.DateTimeField(allow_null=True, help_text="Until before it; null: until changed.")
    daily_from = serializers.TimeField(help_text="From this hour of the day on, UTC.")
    daily_until = serializers.TimeField(allow_null=True, help_text="Until before it; null: midnight.")
    input_from = serializers.IntegerField(help_text="From so many tokens of input on.")
    input_until = serializers.IntegerField(allow_null=True, help_text="Below so many; null: however many.")
    source = serializers.CharField(allow_null=True, help_text="The list that it was read from.")  # type: ignore[assignment]
    version = serializers.CharField(allow_null=True)


class PricesOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    on = serializers.DateField(help_text="UTC; what held at some time of this day.")
    models = serializers.IntegerField(help_text="That came in 28 days; those without any price are not listed.")
    results = PriceOut(many=True, help_text="By provider, model and tier.")


class PriceRow(PriceOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), "on": serializers.DateField(), **super().get_fields()}


class PricesIn(serializers.Serializer[dict[str, Any]]):
    on = serializers.DateField(required=False)

    def validate_on(self, day: date) -> date:
        latest = timezone.now().astimezone(UTC).date() + AHEAD
        if not FIRST_DAY <= day <= latest:
            raise serializers.ValidationError(f"Choose a day from {FIRST_DAY:%Y-%m-%d} to {latest:%Y-%m-%d}.")
        return day


EXAMPLE = OpenApiExample(
    "One model",
    value={
        "deployment": "support-chat",
        "on": "2026-11-24",
        "models": 4,
        "results": [
            {
                "provider": "openai",
                "model": "gpt-5-mini",
                "listed_by": "openai",
                "listed_as": "gpt-5-mini",
                "service_tier": "standard",
                "effective_from": None,
                "effective_until": None,
                "daily_from": "00:00:00Z",
                "daily_until": None,
                "input_from": 0,
                "input_until": None,
                "source": "genai-prices",
                "version": "0.2.3",
                "input_usd_per_mtok": "0.250000000",
                "cache_read_usd_per_mtok": "0.025000000",
                "cache_write_usd_per_mtok": None,
                "cache_write_1h_usd_per_mtok": None,
                "output_usd_per_mtok": "2.000000000",
                "reasoning_output_usd_per_mtok": None,
                "request_usd": None,
            }
        ],
    },
)
EXAMPLE_ROW = {"deployment": "support-chat", "on": "2026-11-24", **EXAMPLE.value["results"][0]}


class Prices(TableView):
    """The list prices of the models of a deployment."""

    @extend_schema(
        operation_id="deployment_prices",
        tags=["prices"],
        parameters=[
            OpenApiParameter(
                "on", OpenApiTypes.DATE, description="UTC; today by default, at most a year ahead for announced prices."
            ),
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(PricesOut, EXAMPLE),
            **tables(PriceRow, EXAMPLE_ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """What the price book says on a day of the models that came in 28 days: the list, before own terms."""
        deployment, now = self.deployment(slug), timezone.now()
        query = PricesIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        day = query.validated_data.get("on") or now.astimezone(UTC).date()
        self.unless_known(day, now.date(), state_of_prices(deployment))
        found = prices_on(deployment, day, now=now)
        rows = _prices(found)
        if self.wants_table:
            return self.table(PriceRow, ({"deployment": slug, "on": day, **one} for one in rows))
        out = {"deployment": slug, "on": day, "models": found.models, "results": rows}
        return Response(PricesOut(out).data)


def _prices(found: PricesOn) -> Iterator[dict[str, Any]]:
    for (provider, model), prices in sorted(found.listed.items()):
        for one in prices:
            origin = found.origins.get(one.edition)
            yield {
                "provider": provider or None,
                "model": model,
                **_price(one),
                "source": origin and origin.source,
                "version": origin and origin.version,
            }


def _price(one: Listed) -> dict[str, Any]:
    alike = ("service_tier", "effective_from", "effective_until", "input_from", "input_until")
    return {
        "listed_by": one.owner,
        "listed_as": one.model,
        **{name: getattr(one, name) for name in alike},
        "daily_from": _clock(one.daily_from_us),
        "daily_until": None if one.daily_until_us is None else _clock(one.daily_until_us),
        **{f"{rate}_usd_per_mtok": exact_dollars(one.rates[f"{rate}_nano_per_mtok"]) for rate in RATES},
        "request_usd": exact_dollars(one.request_nano),
    }


def _clock(microseconds: int) -> str:
    """A time as RFC 3339 has it, which names its zone."""
    return f"{datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds):%H:%M:%S}Z"
