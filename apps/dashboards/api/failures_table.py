"""What failures cost as rows: the lists of the answer below each other, each row saying of which it is."""

from collections.abc import Iterator
from typing import Any

from rest_framework import serializers

from apps.dashboards.api.cost import dollars
from apps.dashboards.api.window import window_fields

TABLES = ("total", "cause", "day", "route", "planned", "asked")
COUNTS = {
    "requests": "Null in `cause` and `asked`, which count attempts.",
    "split": "Requests whose cost is split: the dollars are of these.",
    "retried": "Requests with more than one attempt.",
    "counted": "Requests whose number of attempts is known, and not 0.",
    "failed": "",
    "outcome_known": "",
    "fallbacks": "",
    "fallback_known": "",
}
_NOTHING = dict.fromkeys(
    (
        "label",
        "provider",
        *COUNTS,
        "retry_overhead_usd",
        "wasted_usd",
        "fallback_premium_usd",
        "failed_requests_usd",
        "fallback_saving_usd",
        "attempts_in_vain",
        "billing_unknown",
    )
)


class FailureRow(serializers.Serializer[dict[str, Any]]):
    """As a table: the total, then causes, days, routes, planned models and asked models."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **window_fields(),
            "table": serializers.ChoiceField(TABLES, help_text="The list of the answer that the row is of."),
            "label": serializers.CharField(allow_null=True, help_text="The cause, day, route or model."),
            "provider": serializers.CharField(allow_null=True, help_text="Of models."),
            **{name: serializers.IntegerField(allow_null=True, help_text=said) for name, said in COUNTS.items()},
            "retry_overhead_usd": dollars("Null: the cost of no request is split."),
            "wasted_usd": dollars("Billed for attempts in vain."),
            "fallback_premium_usd": dollars("What answers cost more than planned."),
            "failed_requests_usd": dollars("All that was billed for requests without an answer."),
            "fallback_saving_usd": dollars("What answers cost less than planned; not taken off the overhead."),
            "attempts_in_vain": serializers.IntegerField(allow_null=True, help_text="Of a cause."),
            "billing_unknown": serializers.IntegerField(
                allow_null=True, help_text="Failed attempts that may have been billed; of the total and of causes."
            ),
        }


EXAMPLE_ROW = {
    "deployment": "support-chat",
    "from": "2026-10-26",
    "to": "2026-11-22",
    "environment": "production",
    "table": "cause",
    **_NOTHING,
    "label": "timeout",
    "wasted_usd": "62.400000000",
    "attempts_in_vain": 38200,
    "billing_unknown": 31000,
}


def failure_rows(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of the answer as its serializer takes it."""
    for row in _lists(said):
        yield {"deployment": said["deployment"], **said["window"], **_NOTHING, **row}


def _lists(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield _overhead("total", None, said["total"], billing_unknown=said["unknown_billing"]["attempts"])
    for one in said["causes"]:
        yield {"table": "cause", **one, "label": one["cause"], "attempts_in_vain": one["attempts"]}
    for table, key, some in (("day", "day", "days"), ("route", "route", "routes"), ("planned", "model", "planned")):
        for one in said[some]:
            yield _overhead(table, str(one[key]), one, provider=one.get("provider"))
    for one in said["asked"]:
        yield {"table": "asked", **one, "label": one["model"]}


def _overhead(table: str, label: str | None, one: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**one, "table": table, "label": label, "wasted_usd": one["wasted_attempts_usd"], **more}
