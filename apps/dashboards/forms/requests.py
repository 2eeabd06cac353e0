"""Which requests one wants to see, as it stands in the address: a link shows others the same."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from apps.dashboards.forms.fields import Dollars, Measured
from apps.dashboards.queries.requests import ANY, FALLBACK, RETRIED, Asked, Key, Unanswerable, reach
from apps.dashboards.wording.causes import CAUSES
from apps.dashboards.wording.completeness import COMPLETENESS
from apps.dashboards.wording.translate import Names

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LARGEST = 1_000_000
LONGEST_LABEL = 256
OUTCOMES = Names({"served": gettext_noop("served"), "failed": gettext_noop("failed")})
FAILURES = Names({ANY: gettext_noop("for whatever reason")}) | CAUSES
AGAIN = Names(
    {RETRIED: gettext_noop("more than one attempt"), FALLBACK: gettext_noop("an answer that was not planned")}
)
TEXTS = ("environment", "task", "route", "model", "provider", "tag")


def _moment(label: "StrOrPromise") -> forms.DateTimeField:
    picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=picker)


def _text(label: "StrOrPromise", *, longest: int = LONGEST_LABEL) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _choice(label: "StrOrPromise", names: Mapping[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=lambda: [("", _("any")), *names.items()])


class RequestFilter(forms.Form):
    """Moments without a zone are those of the zone that is active."""

    since = _moment(_("From"))
    until = _moment(_("Until"))
    outcome = _choice(_("Outcome"), OUTCOMES)
    cause = _choice(_("An attempt failed:"), FAILURES)
    again = _choice(_("It took"), AGAIN)
    model = _text(_("Model of any attempt"))
    provider = _text(_("Provider of any attempt"))
    task = _text(_("Task"))
    route = _text(_("Route"))
    tag = _text(_("Tag, key or key:value"), longest=2 * LONGEST_LABEL + 1)
    environment = _text(_("Environment"))
    completeness = _choice(_("Completeness"), COMPLETENESS)
    min_cost_usd = Dollars(
        label=_("Billed at least"),
        required=False,
        unit="US$",
        min_value=0,
        max_value=LARGEST,
        max_digits=16,
        decimal_places=9,
    )
    min_wait_ms = Measured(
        label=_("Added wait at least"), required=False, unit="ms", min_value=0, max_value=86_400_000, decimal_places=3
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            try:
                values["since"], values["until"] = reach(values.get("since"), values.get("until"), now=self.now)
            except Unanswerable as error:
                self.add_error(error.field, _(error.text).format(**error.values | {"end": _("the end")}))
        return values

    def asked(self, *, after: Key | None = None) -> Asked:
        """Of a form that is valid."""
        values = self.cleaned_data
        wait: Decimal | None = values["min_wait_ms"]
        met: dict[str, Any] = {
            name: values[name] or None for name in (*TEXTS, "outcome", "cause", "again", "completeness")
        }
        return Asked(
            since=values["since"],
            until=values["until"],
            **met,
            min_cost_nano=values["min_cost_usd"],
            min_wait_us=None if wait is None else round(wait * 1000),
            after=after,
        )
