"""The demo's models are known to the public price list, at the prices written down here."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price

from apps.demo.simulate import offers
from apps.demo.simulate.offers import OWN, Offer

OFFERS = [value for value in vars(offers).values() if isinstance(value, Offer)]
AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
THOUSAND = 1_000


def price(offer: Offer, *, model: str | None = None, **usage: int) -> Decimal:
    """USD per million, from a thousand tokens: more would reach the tiers of long prompts."""
    found = calc_price(
        Usage(**usage), model_ref=model or offer.model, provider_id=offer.provider, genai_request_timestamp=AT
    )
    return found.total_price * 1_000_000 / THOUSAND


@pytest.mark.parametrize(
    "offer", [one for one in OFFERS if one is not OWN], ids=lambda one: f"{one.provider}/{one.model}"
)
def test_its_price_is_the_listed_one(offer: Offer) -> None:
    assert float(price(offer, input_tokens=THOUSAND)) == pytest.approx(offer.input_usd)
    assert float(price(offer, output_tokens=THOUSAND)) == pytest.approx(offer.output_usd)
    if offer.reads_cache:
        cached = price(offer, input_tokens=THOUSAND, cache_read_tokens=THOUSAND)
        assert float(cached) == pytest.approx(offer.cached_usd)
    if offer.dated:
        assert float(price(offer, model=offer.dated, input_tokens=THOUSAND)) == pytest.approx(offer.input_usd)


def test_the_tenants_own_model_is_on_no_list() -> None:
    with pytest.raises(LookupError):
        price(OWN, input_tokens=THOUSAND)


def test_no_offer_stands_for_two() -> None:
    assert len({(one.provider, one.model) for one in OFFERS}) == len(OFFERS) > 15
