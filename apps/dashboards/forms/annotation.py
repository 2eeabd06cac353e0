"""Something that happened to a deployment, told by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from apps.deployments.create import FIRST_DAY
from apps.deployments.models import Annotation

AHEAD = timedelta(minutes=10)


class Annotate(forms.Form):
    at = forms.DateTimeField(
        label="When",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Write it as 2026-11-22 14:30."},
    )
    kind = forms.ChoiceField(label="What it was", choices=Annotation.Kind.choices)
    label = forms.CharField(max_length=120, label="In a few words", help_text="Such as the version of a release.")

    def __init__(self, *arguments: Any, zone: ZoneInfo, now: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.zone, self.now = zone, now
        self.fields["at"].help_text = f"On the clock of {zone.key}."

    def clean_at(self) -> datetime:
        typed: datetime = self.cleaned_data["at"]
        at = typed.replace(tzinfo=None).replace(tzinfo=self.zone).astimezone(UTC)
        if at > self.now + AHEAD:
            raise forms.ValidationError("That is still to come: mark it when it has happened.")
        if at.date() < FIRST_DAY:
            raise forms.ValidationError(f"Choose a day from {FIRST_DAY:%Y-%m-%d} on.")
        return at

    def clean_label(self) -> str:
        return " ".join(self.cleaned_data["label"].split())
