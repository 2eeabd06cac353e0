"""Which days, and how taken apart, as it stands in the address: a link shows others the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.api.window import LONGEST_DAYS
from apps.dashboards.queries.windows import DAYS
from apps.deployments.create import FIRST_DAY
from apps.rollups.breakdown import DIMENSIONS, TAG, By, Step
from apps.rollups.queries import PRODUCTION

ALL = "all"
BY_WEEK_FROM = 63
"""Days from which on weeks are easier to read."""
SORTS = ("billed", "name", "requests", "token", "retry", "latency", "selection", "per_thousand")
LONGEST_LABEL = 256


@dataclass(frozen=True)
class Asked:
    """`environment`: None for all of them."""

    start: date
    end: date
    environment: str | None
    step: Step
    by: By
    key: str
    """Of tags; empty: the one under which most was billed."""
    sort: str
    page: int


class MoneyFilter(forms.Form):
    """`from` and `to` are days in UTC, both included; what is left out is the last 28 days of production."""

    to = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    environment = forms.CharField(label=_("Environment"), required=False, max_length=LONGEST_LABEL, strip=False)
    per = forms.ChoiceField(
        label=_("Over time by"), required=False, choices=[("", _("as fits")), ("day", _("days")), ("week", _("weeks"))]
    )
    by = forms.ChoiceField(required=False, choices=[(one, one) for one in (*DIMENSIONS, TAG)], widget=forms.HiddenInput)
    key = forms.CharField(required=False, max_length=LONGEST_LABEL, strip=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(required=False, choices=[(one, one) for one in SORTS], widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)

    def __init__(self, told: Mapping[str, Any], *, today: date) -> None:
        super().__init__(told)
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields = {"from": forms.DateField(label=_("From"), required=False, widget=picker), **self.fields}
        self.today = today

    def offer(self, environments: Iterable[str], *, chosen: str | None) -> None:
        """Which environments there are to choose from; the chosen one is among them, even if it has no requests."""
        names = sorted({PRODUCTION, *environments, *([chosen] if chosen else [])})
        choices = [(PRODUCTION, PRODUCTION), *((one, one or _("none told")) for one in names if one != PRODUCTION)]
        self.fields["environment"].widget = forms.Select(choices=[*choices, (ALL, _("all of them"))])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors:
            return values
        end: date = values["to"] or self.today
        start: date = values["from"] or max(end, FIRST_DAY + timedelta(days=DAYS)) - timedelta(days=DAYS - 1)
        values |= {"from": start, "to": end}
        too_early = [name for name in ("to", "from") if values[name] < FIRST_DAY]
        if too_early:
            self.add_error(too_early[0], _("Choose a day from {day} on.").format(day=FIRST_DAY))
        elif start > end:
            self.add_error("from", _("Choose a day that is not after the last one."))
        elif (end - start).days >= LONGEST_DAYS:
            self.add_error("from", _("Ask for at most {days} days at a time.").format(days=LONGEST_DAYS))
        return values

    def asked(self) -> Asked:
        """Of a form that is valid."""
        values = self.cleaned_data
        days = (values["to"] - values["from"]).days + 1
        fitting = "week" if days >= BY_WEEK_FROM else "day"
        environment = values["environment"] or PRODUCTION
        return Asked(
            start=values["from"],
            end=values["to"],
            environment=None if environment == ALL else environment,
            step=cast("Step", values["per"] or fitting),
            by=cast("By", values["by"] or DIMENSIONS[0]),
            key=values["key"],
            sort=values["sort"] or SORTS[0],
            page=values["page"] or 1,
        )
