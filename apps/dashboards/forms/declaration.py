"""What a tenant declares of a deployment, from a date on."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.forms.deployment import WORKLOADS
from apps.dashboards.forms.fields import Dollars, Measured, Percent
from apps.deployments.create import FIRST_DAY
from apps.deployments.declare import Declaration
from apps.deployments.models import Assumptions

FARTHEST_AHEAD = timedelta(days=366)


class Declare(forms.Form):
    effective_from = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day in UTC. A past date changes what was computed since; the same date again corrects it."),
        error_messages={"invalid": _("Write a day such as 2026-11-22."), "required": _("Say from which day on.")},
    )
    workload = forms.ChoiceField(label=_("Workload"), choices=WORKLOADS, widget=forms.RadioSelect)
    value = Dollars(
        unit=_("$ per 1,000"),
        label=_("What 1,000 user-facing requests are worth"),
        required=False,
        min_value=0,
        max_value=999_999,
        decimal_places=6,
        help_text=_("With it, waiting is shown in dollars; without it, in hours alone."),
    )
    engagement_loss = Percent(
        unit=_("% per 100 ms"),
        label=_("Engagement lost to waiting"),
        min_value=0,
        max_value=50,
        decimal_places=4,
        help_text=_("1.2 is the published assumption."),
    )
    hours = Measured(
        unit=_("hours a month"),
        label=_("Spent on the integration"),
        required=False,
        min_value=0,
        max_value=99_999,
        decimal_places=2,
    )
    rate = Dollars(
        unit=_("$ an hour"),
        label=_("At a rate of"),
        required=False,
        min_value=0,
        max_value=99_999,
        decimal_places=2,
        help_text=_("Hours and rate together are the fifth part, always marked as declared."),
    )

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = today

    def clean_effective_from(self) -> date:
        day: date = self.cleaned_data["effective_from"]
        if day > self.today + FARTHEST_AHEAD:
            raise forms.ValidationError(_("That is more than a year ahead: choose an earlier day."))
        if day < FIRST_DAY:
            raise forms.ValidationError(_("Choose a day from {day} on.").format(day=FIRST_DAY))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("hours") is None) != (cleaned.get("rate") is None) and not self.errors:
            missing = "rate" if cleaned.get("rate") is None else "hours"
            self.add_error(missing, _("Hours and rate make an amount only together: fill in both, or neither."))
        return cleaned

    def declaration(self) -> Declaration:
        """What was declared; only after `is_valid`."""
        cleaned = self.cleaned_data
        return Declaration(
            user_facing=cleaned["workload"] == "user-facing",
            value_per_1000_nano=cleaned["value"],
            engagement_loss_ppm=cleaned["engagement_loss"],
            maintenance_hours=cleaned["hours"],
            hourly_rate_nano=cleaned["rate"],
        )


def as_declared(row: Assumptions | None, *, today: date) -> dict[str, Any]:
    """Initial values: what is in force, to be declared anew from today."""
    if row is None:
        return {"effective_from": today, "workload": "user-facing", "engagement_loss": "1.2"}
    return {
        "effective_from": today,
        "workload": "user-facing" if row.user_facing else "background",
        "value": Dollars.shown(row.value_per_1000_nano),
        "engagement_loss": Percent.shown(row.engagement_loss_ppm),
        "hours": row.maintenance_hours,
        "rate": Dollars.shown(row.hourly_rate_nano),
    }
