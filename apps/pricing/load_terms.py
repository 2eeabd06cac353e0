"""Read the terms of an organization from the database; needs the organization to be open."""

from apps.pricing.models import OWN_RATES, Discount, OwnPrice
from apps.pricing.terms import NO_TERMS, Off, Own, Terms


def load_terms(organization_id: int) -> Terms:
    """Two statements: a tenant has few of them, and a rebuild asks once."""
    own = [
        Own(row.provider, row.model, row.effective_from, None if row.ended else _rates(row))
        for row in OwnPrice.objects.filter(organization_id=organization_id)
    ]
    off = [
        Off(row.provider, row.model, row.effective_from, None if row.ended else row.multiplier_ppm)
        for row in Discount.objects.filter(organization_id=organization_id)
    ]
    return Terms.of(own, off) if own or off else NO_TERMS


def _rates(row: OwnPrice) -> dict[str, int | None]:
    return {name: getattr(row, name) for name in OWN_RATES}
