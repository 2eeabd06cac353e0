"""Handing over a replay set, and asking what it says."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.ingest.outcomes.nouns import LONGEST_NAME, replay_set_of
from apps.ingest.refusals import PostError
from apps.quality.replays import SOLVED_AT


class HandOverSet(forms.Form):
    name = forms.CharField(
        label=_("Name of the set"),
        max_length=LONGEST_NAME,
        help_text=_("More outcomes under the same name are added to it."),
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file."), "missing": _("Choose a file.")},
        help_text=_(
            "NDJSON, JSON, CSV or Parquet with prompt_id, task, model, score, and provider, cost, input_tokens, "
            "output_tokens, latency_ms where they are known. No other column is read."
        ),
    )

    def clean_name(self) -> str:
        try:
            return replay_set_of(self.cleaned_data["name"])
        except PostError:
            raise ValidationError(_("Choose a name that can be printed.")) from None


class AskSet(forms.Form):
    """What a set is asked; a share is written from 0 to 1."""

    set = forms.CharField(required=False, max_length=LONGEST_NAME)
    solved_at = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=1,
        max_digits=7,
        decimal_places=6,
        label=_("A prompt is solved from score"),
    )
    quality = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=1,
        max_digits=7,
        decimal_places=6,
        label=_("Accuracy asked of the cheapest"),
    )

    def solved(self) -> Decimal:
        said: Decimal | None = self.cleaned_data.get("solved_at") if self.is_valid() else None
        return Decimal(str(SOLVED_AT)) if said is None else said

    def accuracy(self) -> Decimal | None:
        said: Decimal | None = self.cleaned_data.get("quality") if self.is_valid() else None
        return said
