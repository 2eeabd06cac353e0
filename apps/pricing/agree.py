"""Entering what a tenant pays: a price of its own, a discount, or that one of them ends. Never deleted, always dated.

Whoever calls marks what was computed since that day, in the same transaction (apps.rollups.agree).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.organizations import audit
from apps.organizations.models import Organization
from apps.pricing.models import OWN_RATES, Discount, OwnPrice
from apps.pricing.names import canonical_name, canonical_provider

MOST_TERMS = 1_000
"""Of one kind in an organization: every rebuild reads them all."""
LARGEST_RATE = 10**15
Kind = TypeVar("Kind", OwnPrice, Discount)


@dataclass(frozen=True)
class PerToken:
    """Nano-USD per million tokens; None where a kind of tokens has no rate of its own."""

    input_nano_per_mtok: int
    output_nano_per_mtok: int
    cache_read_nano_per_mtok: int | None = None
    cache_write_nano_per_mtok: int | None = None
    reasoning_output_nano_per_mtok: int | None = None


@dataclass(frozen=True)
class PerGpuHour:
    """What a GPU costs an hour, how many thousandths of one run at a time, and the tokens that they serve in an hour."""

    gpu_hour_nano: int
    gpu_milli: int
    tokens_per_hour: int

    @property
    def nano_per_mtok(self) -> int:
        """Input and output alike, half-even; raises ValidationError where it is no price any more."""
        rate = round(Fraction(self.gpu_hour_nano * self.gpu_milli * 1_000, self.tokens_per_hour))
        if rate > LARGEST_RATE:
            raise ValidationError(
                _("That is more than a million dollars for a million tokens: look at the tokens an hour.")
            )
        return rate


def set_own_price(
    *,
    organization: Organization,
    provider: str,
    model: str,
    effective_from: date,
    price: PerToken | PerGpuHour | None,
    now: datetime,
    actor: User | None,
) -> OwnPrice:
    """Put a price into force from a day until the next one; the same day again corrects it, and None ends it.

    Raises ValidationError for what is no name, or beyond the bounds.
    """
    name = canonical_name(provider, model)
    if name.model is None:
        raise ValidationError(_("Name the model as your requests do."))
    values = _values(price)
    row = _row(OwnPrice, organization, name.provider or "", name.model, effective_from)
    for field, value in values.items():
        setattr(row, field, value)
    _put(row, ended=price is None, now=now, actor=actor)
    _record(organization, row, "price", {field: value for field, value in values.items() if value is not None})
    return row


def set_discount(
    *,
    organization: Organization,
    provider: str,
    model: str,
    effective_from: date,
    multiplier_ppm: int | None,
    now: datetime,
    actor: User | None,
) -> Discount:
    """As `set_own_price`; without a model, of everything that the provider sells."""
    seller = canonical_provider(provider)
    if seller is None:
        raise ValidationError(_("Name the provider whose prices you pay differently."))
    named = canonical_name(seller, model).model or ""
    row = _row(Discount, organization, seller, named, effective_from)
    row.multiplier_ppm = 1_000_000 if multiplier_ppm is None else multiplier_ppm
    _put(row, ended=multiplier_ppm is None, now=now, actor=actor)
    _record(organization, row, "discount", {} if multiplier_ppm is None else {"multiplier_ppm": multiplier_ppm})
    return row


def _values(price: PerToken | PerGpuHour | None) -> dict[str, int | None]:
    gpu = ("gpu_hour_nano", "gpu_milli", "tokens_per_hour")
    if isinstance(price, PerGpuHour):
        both = {"input_nano_per_mtok": price.nano_per_mtok, "output_nano_per_mtok": price.nano_per_mtok}
        return {**dict.fromkeys(OWN_RATES), **both, **{name: getattr(price, name) for name in gpu}}
    rates = {name: None if price is None else getattr(price, name) for name in OWN_RATES}
    return {**rates, **dict.fromkeys(gpu)}


def _row(kind: type[Kind], organization: Organization, provider: str, model: str, day: date) -> Kind:
    place: dict[str, Any] = {
        "organization": organization,
        "provider": provider,
        "model": model,
        "effective_from": day,
    }
    found = kind.objects.filter(**place).first()
    if found is None and kind.objects.filter(organization=organization).count() >= MOST_TERMS:
        said = _("There are {number} of these already, which is as many as are kept.")
        raise ValidationError(said.format(number=f"{MOST_TERMS:,}"))
    return found or kind(**place)


def _put(row: OwnPrice | Discount, *, ended: bool, now: datetime, actor: User | None) -> None:
    row.ended, row.declared_at, row.declared_by = ended, now, actor
    row.full_clean(validate_unique=False)
    row.save()


def _record(organization: Organization, row: OwnPrice | Discount, what: str, detail: Mapping[str, int]) -> None:
    audit.record(
        organization=organization,
        actor=row.declared_by,
        verb=f"{what}.ended" if row.ended else f"{what}.set",
        now=row.declared_at,
        provider=row.provider,
        model=row.model,
        effective_from=row.effective_from.isoformat(),
        **detail,
    )
