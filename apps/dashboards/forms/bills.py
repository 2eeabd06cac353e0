"""What a provider's bill says."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.forms.fields import Dollars, Measured
from apps.deployments.bills import Bill
from apps.deployments.create import FIRST_DAY
from apps.deployments.models import ProviderBill

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
USD = ProviderBill.Currency.USD


class Month(forms.CharField):
    """`2026-11`, cleaned to its first day."""

    def clean(self, value: Any) -> date:
        found = MONTH.fullmatch(super().clean(value))
        if found is None or int(found[1]) < FIRST_DAY.year:
            raise forms.ValidationError(_("Write a month such as 2026-11."))
        return date(int(found[1]), int(found[2]), 1)


class EnterBill(forms.Form):
    month = Month(label=_("Month"), widget=forms.TextInput(attrs={"type": "month", "autocomplete": "off"}))
    provider = forms.CharField(
        label=_("Provider"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "providers", "autocomplete": "off"}),
        help_text=_("As traces name it."),
    )
    amount = Dollars(
        unit="",
        label=_("Amount"),
        min_value=0,
        max_value=99_999_999,
        decimal_places=6,
        help_text=_("Of what this deployment pays with: its own account, project or key."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=ProviderBill.Currency.choices, initial=USD)
    usd_per_unit = Measured(
        unit=_("US$ for one"),
        label=_("Rate"),
        required=False,
        min_value=Decimal("0.000001"),
        max_value=99_999,
        decimal_places=6,
        help_text=_("Only for a bill that is not in US$."),
    )
    rate_on = forms.DateField(
        label=_("Rate of the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a day such as 2026-11-22.")},
    )

    def __init__(self, *arguments: Any, today: date, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.today = today

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        if month > self.today:
            raise forms.ValidationError(_("That month has not begun."))
        return month

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        rated = [name for name in ("usd_per_unit", "rate_on") if values.get(name) is not None]
        if self.errors:
            return values
        if values["currency"] == USD and rated:
            self.add_error(rated[0], _("A bill in US$ needs no rate."))
        elif values["currency"] != USD:
            for name in {"usd_per_unit", "rate_on"}.difference(rated):
                self.add_error(name, _("Dollars are compared with dollars: give a rate and its day, or enter US$."))
        return values

    def bill(self) -> Bill:
        """Of a form that is valid."""
        values = self.cleaned_data
        return Bill(
            month=values["month"],
            provider=values["provider"],
            amount_nano=values["amount"],
            currency=values["currency"],
            usd_per_unit=values["usd_per_unit"],
            rate_on=values["rate_on"],
        )


class TakeBack(forms.Form):
    """Names a bill that is to go."""

    month = Month()
    provider = forms.CharField(max_length=120)
