"""Something that happened to a deployment, told by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.deployments.create import FIRST_DAY
from apps.deployments.models import Annotation

AHEAD = timedelta(minutes=10)


class Annotate(forms.Form):
    at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write it as 2026-11-22 14:30.")},
    )
    kind = forms.ChoiceField(label=_("What it was"), choices=Annotation.Kind.choices)
    label = forms.CharField(max_length=120, label=_("In a few words"), help_text=_("Such as the version of a release."))

    def __init__(self, *arguments: Any, zone: ZoneInfo, now: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.zone, self.now = zone, now
        self.fields["at"].help_text = _("On the clock of {zone}.").format(zone=zone.key)

    def clean_at(self) -> datetime:
        typed: datetime = self.cleaned_data["at"]
        at = typed.replace(tzinfo=None).replace(tzinfo=self.zone).astimezone(UTC)
        if at > self.now + AHEAD:
            raise forms.ValidationError(_("That is still to come: mark it when it has happened."))
        if at.date() < FIRST_DAY:
            raise forms.ValidationError(_("Choose a day from {day} on.").format(day=FIRST_DAY))
        return at

    def clean_label(self) -> str:
        return " ".join(self.cleaned_data["label"].split())
