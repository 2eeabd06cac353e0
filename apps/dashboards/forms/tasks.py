"""What is asked of a task: the quality it needs from a day on, and what it is in the public taxonomy."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.forms.prices import FARTHEST_AHEAD
from apps.deployments.create import FIRST_DAY
from apps.deployments.labels import LONGEST, TAXONOMY

TYPED = {"inputmode": "decimal", "autocomplete": "off"}


class _OfTask(forms.Form):
    task = forms.CharField(max_length=LONGEST, strip=False, widget=forms.HiddenInput)


class ThresholdForm(_OfTask):
    quality = forms.DecimalField(
        label=_("Quality that it needs"),
        required=False,
        min_value=0,
        max_value=1,
        decimal_places=6,
        widget=forms.TextInput(attrs=TYPED),
        help_text=_("Between 0 and 1. Left empty: 95 % of the best candidate."),
    )
    effective_from = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day in UTC. With a past day, history since then is judged anew."),
        error_messages={"invalid": _("Write a day such as 2026-11-22."), "required": _("Say from which day on.")},
    )

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = today

    def clean_effective_from(self) -> date:
        day: date = self.cleaned_data["effective_from"]
        if not FIRST_DAY <= day <= self.today + FARTHEST_AHEAD:
            raise forms.ValidationError(_("Choose a day from {day} until a year ahead.").format(day=FIRST_DAY))
        return day

    @property
    def micro(self) -> int | None:
        """In millionths. Only after `is_valid`."""
        quality: Decimal | None = self.cleaned_data["quality"]
        return None if quality is None else round(quality * 1_000_000)


class KindForm(_OfTask):
    taxonomy = forms.ChoiceField(
        label=_("In the public taxonomy it is"),
        required=False,
        choices=[("", _("not said")), *((kind, kind) for kind in TAXONOMY)],
        help_text=_("Under this name alone it is compared with tasks of others."),
    )
