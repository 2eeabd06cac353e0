"""Fields for dollars and shares, between what people type and what is stored."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dashboards.wording.money import NANO

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TYPED = {"inputmode": "decimal", "autocomplete": "off"}


class Measured(forms.DecimalField):
    """A number with its unit beside it."""

    def __init__(self, *, unit: "StrOrPromise", **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=TYPED), **options)
        self.unit = unit
        self.error_messages["invalid"] = _("Write a number such as 3.20, without a currency sign.")


class Dollars(Measured):
    """Typed in dollars, cleaned to nano-USD."""

    def clean(self, value: Any) -> int | None:
        dollars = super().clean(value)
        return None if dollars is None else int(dollars * NANO)

    @staticmethod
    def shown(nano: int | None) -> Decimal | None:
        """What stands in the field for a stored amount."""
        return (
            None
            if nano is None
            else (Decimal(nano) / NANO).quantize(Decimal("0.01"))
            if nano % 10_000_000 == 0
            else Decimal(nano) / NANO
        )


class Percent(Measured):
    """Typed in per cent, cleaned to millionths."""

    def clean(self, value: Any) -> int | None:
        percent = super().clean(value)
        return None if percent is None else int(percent * 10_000)

    @staticmethod
    def shown(millionths: int | None) -> Decimal | None:
        return None if millionths is None else (Decimal(millionths) / 10_000).normalize()
