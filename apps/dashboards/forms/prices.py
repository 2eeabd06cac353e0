"""What a tenant pays in the stead of list prices: a price of its own, and a share of the list's."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.forms.fields import TYPED, Dollars, Measured, Percent
from apps.deployments.create import FIRST_DAY
from apps.pricing.agree import PerGpuHour, PerToken

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FARTHEST_AHEAD = timedelta(days=366)
LONGEST_NAME = 256
PER_MTOK = _("$ per 1M tokens")


def _name(label: "StrOrPromise", *, required: bool, help_text: "StrOrPromise" = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, required=required, max_length=LONGEST_NAME, widget=widget, help_text=help_text)


def _rate(label: "StrOrPromise", *, help_text: "StrOrPromise" = "") -> Dollars:
    return Dollars(
        unit=PER_MTOK,
        label=label,
        required=False,
        min_value=0,
        max_value=100_000,
        decimal_places=6,
        help_text=help_text,
    )


class _Dated(forms.Form):
    """In force from a day in UTC until the next one for the same thing."""

    provider = _name(_("Provider"), required=False, help_text=_("As the tables above name it."))
    model = _name(_("Model"), required=True)
    effective_from = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day in UTC. A past date has history priced again."),
        error_messages={"invalid": _("Write a day such as 2026-11-22."), "required": _("Say from which day on.")},
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


class OwnPriceForm(_Dated):
    """By tokens, or by the hour of a GPU."""

    input = _rate(_("Input"))
    output = _rate(_("Output"))
    cache_read = _rate(_("Input read from a cache"), help_text=_("Left empty: as input."))
    cache_write = _rate(_("Input written to a cache"), help_text=_("Left empty: as input."))
    reasoning = _rate(_("Reasoning"), help_text=_("Left empty: as output."))
    gpu_hour = Dollars(
        unit=_("$ an hour"), label=_("One GPU"), required=False, min_value=0, max_value=100_000, decimal_places=6
    )
    gpus = Measured(
        unit=_("GPUs"),
        label=_("Running at a time"),
        required=False,
        min_value=0.001,
        max_value=100_000,
        decimal_places=3,
    )
    tokens = forms.IntegerField(
        label=_("Tokens they serve in an hour"),
        required=False,
        min_value=1,
        max_value=10**12,
        widget=forms.TextInput(attrs=TYPED),
        help_text=_("Input and output, day and night. Left empty: as measured in the last 28 days."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        tokens = [name for name in ("input", "output") if cleaned.get(name) is not None]
        rates = [
            *tokens,
            *(name for name in ("cache_read", "cache_write", "reasoning") if cleaned.get(name) is not None),
        ]
        if self.by_gpu and rates:
            self.add_error("gpu_hour", _("Either by tokens or by the hour of a GPU: leave one of them empty."))
        elif self.by_gpu and (cleaned.get("gpu_hour") is None or cleaned.get("gpus") is None):
            self.add_error("gpu_hour", _("What a GPU costs an hour and how many run make a price only together."))
        elif not self.by_gpu and len(tokens) < 2:
            missing = "output" if tokens == ["input"] else "input"
            self.add_error(missing, _("Say what input and output cost, 0 where one is free."))
        return cleaned

    @property
    def by_gpu(self) -> bool:
        return any(self.cleaned_data.get(name) is not None for name in ("gpu_hour", "gpus", "tokens"))

    def price(self, measured: int | None) -> PerToken | PerGpuHour | None:
        """What was entered; None where tokens an hour were neither said nor `measured`. Only after `is_valid`."""
        cleaned = self.cleaned_data
        if not self.by_gpu:
            return PerToken(
                input_nano_per_mtok=cleaned["input"],
                output_nano_per_mtok=cleaned["output"],
                cache_read_nano_per_mtok=cleaned["cache_read"],
                cache_write_nano_per_mtok=cleaned["cache_write"],
                reasoning_output_nano_per_mtok=cleaned["reasoning"],
            )
        tokens = cleaned["tokens"] or measured
        return None if tokens is None else PerGpuHour(cleaned["gpu_hour"], int(cleaned["gpus"] * 1_000), tokens)


class DiscountForm(_Dated):
    provider = _name(_("Provider"), required=True)
    model = _name(_("Model"), required=False, help_text=_("Left empty: everything that the provider sells."))
    paid = Percent(
        unit=_("% of the list price"),
        label=_("What you pay"),
        min_value=0,
        max_value=1_000,
        decimal_places=4,
        help_text=_("85 for a discount of 15 %, 105.5 for a fee of 5.5 % on top."),
    )


class EndForm(_Dated):
    """That a price or a discount ends."""

    kind = forms.ChoiceField(choices=[("price", _("price")), ("discount", _("discount"))])
    model = _name(_("Model"), required=False)
