"""GET /api/v1/deployments/{slug}/cost/chargeback and /api/v1/chargeback."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.dashboards.api.bills import whole_months
from apps.dashboards.api.breakdown import KEY, FiguresOut, KeyIn, as_columns
from apps.dashboards.api.cost import dollars
from apps.dashboards.api.cursor import address
from apps.dashboards.api.deployments import CURSOR, page_of
from apps.dashboards.api.problems import PROBLEMS
from apps.dashboards.api.tables import FORMAT, TableView, described, tables
from apps.dashboards.api.window import PARAMETERS, asked
from apps.dashboards.pages.money_table import records
from apps.dashboards.queries.money import Chargeback, ChargebackOfAll, chargeback_of, chargeback_of_all
from apps.dashboards.queries.state import state_of_figures

MOST = 100
USUAL = 10
"""Deployments a page: each is some kilobytes for each month."""
NO_KEY = "Null: no request carried a tag, and all of them stand under a null value."


class ChargedOut(FiguresOut):
    month = serializers.DateField(help_text="Its first day, UTC.")
    value = serializers.CharField(
        allow_null=True, help_text="Null: requests without the key. `__other__`: values beyond the number told apart."
    )
    token_usd = dollars("Null: not measured, in each of the parts.")
    retry_usd = dollars("At least so much, where failed attempts may have been billed.")
    latency_usd = dollars()
    selection_usd = dollars()

    @cached_property
    def _says(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return [(name, field.to_representation) for name, field in self.fields.items()]

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """Of a mapping that has all of it, as here: there are hundreds of them, and looking for each field takes as long as
        saying it."""
        return {name: None if (value := instance[name]) is None else say(value) for name, say in self._says}


class ChargedRow(ChargedOut):
    deployment = serializers.CharField()
    key = serializers.CharField(allow_null=True, help_text=NO_KEY)


class ChargebackOut(serializers.Serializer[dict[str, Any]]):
    deployment = serializers.CharField()
    key = serializers.CharField(allow_null=True, help_text=NO_KEY)
    environment = serializers.CharField(allow_null=True, help_text="Null: all of them.")
    results = ChargedOut(many=True, help_text="By month, in each the dearest first; they add up to what was billed.")


ONE = {
    "month": "2026-10-01",
    "value": "support",
    "requests": 412300,
    "priced": 412300,
    "billed_usd": "318.440000000",
    "token_usd": "264.320000000",
    "retry_usd": "54.120000000",
    "latency_usd": "31.500000000",
    "selection_usd": None,
    "unknown_billing": 12,
    "outcome_known": 412300,
    "failed": 1120,
    "counted": 412300,
    "retried": 30210,
    "served_with_tokens": 411180,
    "served_input_tokens": 402310000,
    "served_output_tokens": 61200000,
}
EXAMPLE = OpenApiExample(
    "A team's month",
    value={"deployment": "support-chat", "key": "team", "environment": "production", "results": [ONE]},
)


class ChargedDeploymentOut(ChargedOut):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"deployment": serializers.CharField(), **super().get_fields()}


class ChargebackOfAllOut(serializers.Serializer[dict[str, Any]]):
    organization = serializers.CharField()
    key = serializers.CharField(allow_null=True, help_text=NO_KEY)
    environment = serializers.CharField(allow_null=True, help_text="Null: all of them.")
    results = ChargedDeploymentOut(
        many=True,
        help_text="By deployment and month, in each the dearest first; over all pages they add up to what was billed. Empty "
        "where none of the deployments of the page has requests in these months.",
    )
    next = serializers.URLField(
        allow_null=True, help_text="The next page, of the same days and the same key; null on the last one."
    )


class ChargebackOfAllIn(KeyIn):
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST, default=USUAL)
    cursor = serializers.CharField(required=False, max_length=200)


EXAMPLE_OF_ALL = OpenApiExample(
    "A team's month",
    value={
        "organization": "acme",
        "key": "team",
        "environment": "production",
        "results": [{"deployment": "support-chat", **ONE}],
        "next": None,
    },
)
ROW = {"deployment": "support-chat", "key": "team", **ONE}


class ChargebackView(TableView):
    """What each value of a tag's key is to be charged, by month."""

    @extend_schema(
        operation_id="deployment_cost_chargeback",
        tags=["deployments"],
        parameters=[*PARAMETERS, OpenApiParameter("key", OpenApiTypes.STR, description=KEY), FORMAT],
        responses={
            (200, "application/json"): described(ChargebackOut, EXAMPLE),
            **tables(ChargedRow, ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """Whole calendar months (UTC) that the window touches, by the values of one key of the requests' tags."""
        deployment = self.deployment(slug)
        window = asked(request)
        query = KeyIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.unless_known(window, state_of_figures(deployment))
        first, last = whole_months(window["start"], window["end"])
        found = chargeback_of(
            deployment, key=query.validated_data["key"], first=first, last=last, environment=window["environment"]
        )
        rows = _rows(found)
        if self.wants_table:
            return self.table(ChargedRow, ({"deployment": slug, "key": found.key, **one} for one in rows))
        out = {"deployment": slug, "key": found.key, "environment": window["environment"], "results": rows}
        return Response(ChargebackOut(out).data)


class ChargebackOfAllView(TableView):
    """What each value of a tag's key is to be charged for all deployments, by month."""

    @extend_schema(
        operation_id="chargeback",
        tags=["deployments"],
        parameters=[
            *PARAMETERS,
            OpenApiParameter(
                "key",
                OpenApiTypes.STR,
                description="Of tags; by default the one under which most was billed over all deployments of the token, which "
                "`next` names.",
            ),
            OpenApiParameter(
                "limit", OpenApiTypes.INT, description=f"Deployments a page, 1 to {MOST}; {USUAL} by default."
            ),
            CURSOR,
            FORMAT,
        ],
        responses={
            (200, "application/json"): described(ChargebackOfAllOut, EXAMPLE_OF_ALL),
            **tables(ChargedRow, ROW),
            **PROBLEMS,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Whole calendar months (UTC) that the window touches, by the values of one key, of all deployments of the token.

        A deployment without the key stands under null with all that it was billed, so that the rows add up to the whole. They
        come in pages of some deployments, by short name; a page may be empty and have a next one.
        """
        window = asked(request)
        query = ChargebackOfAllIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        found, mark = self._page(window, **query.validated_data)
        rows = [{"deployment": one.slug, **row} for one, charged in found.of for row in _rows(charged)]
        following = _following(request, window, found.key, mark) if mark else None
        self.unless_known(found.key, rows, following)
        if self.wants_table:
            return self.table(ChargedRow, ({"key": found.key, **one} for one in rows), following=following)
        about = {"organization": self.organization.slug, "key": found.key, "environment": window["environment"]}
        return Response(ChargebackOfAllOut({**about, "results": rows, "next": following}).data)

    def _page(self, window: Mapping[str, Any], key: str, **place: Any) -> tuple[ChargebackOfAll, str | None]:
        """By the key of all deployments, whichever are on the page; and the cursor of what follows. Raises ValidationError."""
        readable = self.readable()
        deployments, mark = page_of(readable, **place)
        first, last = whole_months(window["start"], window["end"])
        found = chargeback_of_all(
            deployments,
            key=key,
            first=first,
            last=last,
            environment=window["environment"],
            among=readable.values_list("pk", flat=True),
        )
        return found, mark


def _following(request: Request, window: Mapping[str, Any], key: str | None, mark: str) -> str:
    """With what was chosen for this page, so that neither midnight nor the deployments of the next one choose anew."""
    days = {"from": f"{window['start']}", "to": f"{window['end']}"}
    return address(request, {**days, **({"key": key} if key else {}), "cursor": mark})


def _rows(found: Chargeback) -> Iterator[dict[str, Any]]:
    for month, slices in found.months.items():
        for one in records(slices):
            yield {"month": month, "value": one["label"], **as_columns(one)}
