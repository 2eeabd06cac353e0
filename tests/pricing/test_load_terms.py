"""Terms are read with the edition of the price book that they are taken off."""

from datetime import date

from apps.organizations import access
from apps.organizations.models import Organization
from apps.pricing.agree import set_discount
from apps.pricing.import_prices import import_prices
from apps.pricing.load import current_edition
from apps.pricing.load_terms import load_terms
from apps.pricing.terms import NO_TERMS
from tests.rollups.tenants import NOW, tenant


def test_the_newest_edition_comes_with_terms_and_without_any(as_worker: None) -> None:
    import_prices(now=NOW)
    owner, other = tenant(), tenant()
    with access.scope(owner.organization_id):
        set_discount(
            organization=Organization.objects.get(pk=owner.organization_id),
            provider="openai",
            model="gpt-4o",
            effective_from=date(2026, 3, 1),
            multiplier_ppm=800_000,
            now=NOW,
            actor=None,
        )
        terms, edition = load_terms(owner.organization_id)
        assert edition == current_edition()
        assert terms is not NO_TERMS
        assert load_terms(owner.organization_id, source="a list that nobody imported")[1] is None
    with access.scope(other.organization_id):
        nothing, same = load_terms(other.organization_id)
    assert nothing is NO_TERMS
    assert same == edition
