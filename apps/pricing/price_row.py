"""A row of the price list, and the units that prices are for."""

from dataclasses import dataclass
from datetime import datetime, time
from functools import cache

from genai_prices.data_units import unit_data
from genai_prices.units import UnitRegistry

COMPONENTS = {
    "input_nano_per_mtok": "input_tokens",
    "cache_read_nano_per_mtok": "cache_read_tokens",
    "cache_write_nano_per_mtok": "cache_write_tokens",
    "cache_write_1h_nano_per_mtok": "cache_write_1h_tokens",
    "output_nano_per_mtok": "output_tokens",
    "reasoning_output_nano_per_mtok": "output_reasoning_tokens",
}
"""Columns of a price row by the package's name of the unit; its other units go to `other_units`."""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price and the half-open intervals in which it applies; None bounds nothing. Rates: nano-USD per 1e6 tokens."""

    provider: str
    model: str
    service_tier: str
    effective_from: datetime | None
    effective_until: datetime | None
    daily_from: time
    daily_until: time | None
    input_from: int
    input_until: int | None
    input_nano_per_mtok: int | None
    cache_read_nano_per_mtok: int | None
    cache_write_nano_per_mtok: int | None
    cache_write_1h_nano_per_mtok: int | None
    output_nano_per_mtok: int | None
    reasoning_output_nano_per_mtok: int | None
    request_nano: int | None
    other_units: dict[str, list[int]]
    """Unit: [nano-USD, for how many of them]."""


@cache
def units() -> UnitRegistry:
    """The package's units, with which of them contains which."""
    return UnitRegistry(unit_data)
