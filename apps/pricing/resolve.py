"""Which model of the price list a provider and a model name mean, by the matching rules of `genai-prices`.

The package's own lookup remembers every name it ever saw; here memory is bounded, since names come from outside.
"""

from dataclasses import dataclass
from functools import lru_cache

from genai_prices.data_snapshot import find_provider_by_id, get_snapshot
from genai_prices.types import ModelInfo, Provider

from apps.pricing.names import Name, canonical_name


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the price list; `provider` is whose list it is."""

    provider: str
    model: str
    borrowed: bool
    """Another's list is used for want of an own one (Azure sells OpenAI's models): its special tiers do not hold."""


@lru_cache(maxsize=1 << 15)
def find_listed(provider: str | None, model: str | None) -> Listed | None:
    """None when the list does not know the pair. Without a provider, the maker's own list is taken."""
    name = canonical_name(provider, model)
    for seller, ref in _spellings(name):
        found = seller.find_model(ref, all_providers=get_snapshot().providers)
        if found is not None:
            owner = _owner(found, seller)
            return Listed(owner.id, found.id, borrowed=owner is not seller)
    return None


def _spellings(name: Name) -> list[tuple[Provider, str]]:
    """As sent, without a prefix, without a date: the first that the list knows."""
    refs = dict.fromkeys(ref for ref in (name.raw_model and name.raw_model.strip(), name.ref, name.model) if ref)
    sellers = ((_seller(name.provider, ref), ref) for ref in refs)
    return [(seller, ref) for seller, ref in sellers if seller is not None]


def _seller(provider: str | None, ref: str) -> Provider | None:
    providers = get_snapshot().providers
    if provider is not None:
        return find_provider_by_id(providers, provider)
    known = (p for p in providers if p.model_match is not None and p.model_match.is_match(ref.lower()))
    return next(known, None)


def _owner(model: ModelInfo, seller: Provider) -> Provider:
    lenders = set(seller.fallback_model_providers or ())
    candidates = [seller, *(p for p in get_snapshot().providers if p.id in lenders)]
    return next(p for p in candidates if any(model is own for own in p.models))
