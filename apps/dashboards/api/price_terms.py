"""GET /api/v1/deployments/{slug}/prices/terms."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date
from decimal import Decimal
from itertools import starmap
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.cost import dollars
from apps.dashboards.api.dollars import exact_dollars
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.queries.prices import Name, used
from apps.pricing.models import OWN_RATES, Discount, OwnPrice
from apps.pricing.names import canonical_name
from apps.pricing.queries import dated, discounts, own_prices
from apps.pricing.terms import LIST_PPM

Dated = Sequence[tuple[OwnPrice | Discount, date | None]]
PRICE, DISCOUNT = "own_price", "discount"
RATES = {name: name.replace("_nano_per_mtok", "_usd_per_mtok") for name in OWN_RATES}
OF_OWN_PRICES = (*RATES.values(), "gpu_hour_usd", "gpus", "tokens_per_hour")


class TermOut(serializers.Serializer[dict[str, Any]]):
    """A price of one's own, which stands over the list for all tiers of its model, or a share of the list price."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        rates = {said: dollars("Of an own price.") for said in RATES.values()}
        return {
            **super().get_fields(),
            **rates,
            "gpu_hour_usd": dollars("Where the rates come from: what a GPU's hour costs."),
            "gpus": serializers.DecimalField(
                max_digits=20, decimal_places=3, allow_null=True, help_text="That run at a time."
            ),
            "tokens_per_hour": serializers.IntegerField(allow_null=True, help_text="Over which the hour is spread."),
        }

    term = serializers.ChoiceField([PRICE, DISCOUNT])
    provider = serializers.CharField(allow_null=True, help_text="Null: no provider is told.")
    model = serializers.CharField(allow_null=True, help_text="Null: all that the provider sells.")
    effective_from = serializers.DateField(help_text="UTC.")
    effective_until = serializers.DateField(allow_null=True, help_text="Until before this day; null: until changed.")
    in_force = serializers.BooleanField(help_text="Today.")
    share_of_list = serializers.DecimalField(
        max_digits=9, decimal_places=6, allow_null=True, help_text="Of a discount: 0.8 is 20 % off."
    )


class TermsOut(serializers.Serializer[dict[str, Any]]):
    organization = serializers.CharField(help_text="Whose terms they are: of all of its deployments.")
    results = TermOut(many=True, help_text="Prices first, then discounts; by model, the oldest first.")


EXAMPLE = OpenApiExample(
    "A discount",
    value={
        "organization": "acme",
        "results": [
            {
                "term": "discount",
                "provider": "openai",
                "model": None,
                "effective_from": "2026-10-01",
                "effective_until": None,
                "in_force": True,
                "share_of_list": "0.920000",
                **dict.fromkeys(OF_OWN_PRICES),
            }
        ],
    },
)


class Terms(TableView):
    """What the organization agreed with its providers."""

    @extend_schema(
        operation_id="deployment_price_terms",
        tags=["prices"],
        parameters=[FORMAT],
        responses={
            (200, "application/json"): described(TermsOut, EXAMPLE),
            **tables(TermOut, EXAMPLE.value["results"][0]),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:  # noqa: ARG002
        """Own prices and discounts that this deployment is billed at, those of before included.

        They are agreed by the organization: a token for all of its deployments is told all of them, one for some only those of
        the models that this deployment sent attempts to in the last 28 days.
        """
        deployment, now = self.deployment(slug), timezone.now()
        organization, today = deployment.organization, now.astimezone(UTC).date()
        own: Dated = dated(own_prices(organization))
        off: Dated = dated(discounts(organization))
        if self.program.deployment_ids is not None:
            names = used(deployment, now=now).models
            own, off = _of(own, names), _of(off, names)
        rows = [*_terms(PRICE, own, today), *_terms(DISCOUNT, off, today)]
        self.unless_known(rows)
        if self.wants_table:
            return self.table(TermOut, rows)
        return Response(TermsOut({"organization": organization.slug, "results": rows}).data)


def _of(rows: Dated, names: Iterable[Name]) -> Dated:
    """Those that price one of these models."""
    known = {(provider, model) for provider, model in names}
    known |= {(one.provider or "", one.model or "") for one in starmap(canonical_name, known)}
    sold_by = {(provider, "") for provider, _ in known}
    return [(row, until) for row, until in rows if (row.provider, row.model) in known | sold_by]


def _terms(kind: str, rows: Dated, today: date) -> list[dict[str, Any]]:
    return [_term(kind, row, until, today) for row, until in rows if not row.ended]


def _term(kind: str, row: OwnPrice | Discount, until: date | None, today: date) -> dict[str, Any]:
    return {
        "term": kind,
        "provider": row.provider or None,
        "model": row.model or None,
        "effective_from": row.effective_from,
        "effective_until": until,
        "in_force": row.effective_from <= today and (until is None or today < until),
        **dict.fromkeys(("share_of_list", *OF_OWN_PRICES)),
        **(_own(row) if isinstance(row, OwnPrice) else {"share_of_list": Decimal(row.multiplier_ppm) / LIST_PPM}),
    }


def _own(row: OwnPrice) -> dict[str, Any]:
    return {
        **{said: exact_dollars(getattr(row, name)) for name, said in RATES.items()},
        "gpu_hour_usd": exact_dollars(row.gpu_hour_nano),
        "gpus": None if row.gpu_milli is None else Decimal(row.gpu_milli) / 1000,
        "tokens_per_hour": row.tokens_per_hour,
    }
