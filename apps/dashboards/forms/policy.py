"""Since when other rules hold, told by hand."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deployments.create import FIRST_DAY


class DeclarePolicy(forms.Form):
    since = forms.DateField(
        label=_("First day under the new rules"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day such as 2026-11-22."), "required": _("Say which day.")},
    )
    label = forms.CharField(max_length=120, label=_("What they are called"), help_text=_("Such as rules v7."))

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = today

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"]
        if day > self.today:
            raise forms.ValidationError(_("That is still to come: declare them when they hold."))
        if day < FIRST_DAY:
            raise forms.ValidationError(_("Choose a day from {day} on.").format(day=FIRST_DAY))
        return day

    def clean_label(self) -> str:
        label = " ".join(self.cleaned_data["label"].split())
        if not label:
            raise forms.ValidationError(_("Say what they are called."))
        return label

    def at(self) -> datetime:
        """Days are those of UTC, in which everything is counted."""
        return datetime.combine(self.cleaned_data["since"], time(), UTC)
