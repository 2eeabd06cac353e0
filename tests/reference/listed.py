"""The public price of a usage, asked of `genai_prices` one at a time: the reference's price list."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

import genai_prices

from tests.reference.nouns import Model, Usage

CONTEXTS = {
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1 << 16)
def list_price(model: Model, usage: Usage, at_us: int) -> int | None:
    """Nano-USD, rounded half-even. None for a model that the list lacks, and where tokens that cost are not told."""
    exact = exact_price(model, usage, at_us)
    return None if exact is None else round(exact)


@lru_cache(maxsize=1 << 16)
def exact_price(model: Model, usage: Usage, at_us: int) -> Fraction | None:
    """The same before it is rounded."""
    name = model.raw_name or model.name
    if name is None or usage.input_tokens is None:
        return None
    context = CONTEXTS.get(model.service_tier)
    at = EPOCH + timedelta(microseconds=at_us)
    try:
        answer = genai_prices.calc_price(
            _counted(usage), name, provider_id=model.provider, genai_request_timestamp=at, price_context=context
        )
    except LookupError:
        return None
    if usage.output_tokens is None and getattr(answer.model_price, "output_mtok", None):
        return None
    return Fraction(answer.total_price * 10**9)


def _counted(usage: Usage) -> genai_prices.Usage:
    written = (usage.cache_write or 0) + (usage.cache_write_1h or 0)
    return genai_prices.Usage(
        input_tokens=usage.input_tokens or 0,
        cache_read_tokens=usage.cache_read or 0,
        cache_write_tokens=written,
        cache_write_1h_tokens=usage.cache_write_1h or 0,
        output_tokens=usage.output_tokens or 0,
        output_reasoning_tokens=usage.reasoning or 0,
    )
