"""Attempts to be priced, at moments, and prices."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl

from apps.pricing.book import RATES
from apps.pricing.price_row import PriceRow

MTOK = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCHEMA = {
    "provider": pl.String,
    "model": pl.String,
    "raw_model": pl.String,
    "service_tier": pl.String,
    "at_us": pl.Int64,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
}


def usage(*rows: dict[str, Any]) -> pl.DataFrame:
    """On gpt-4o, unless a row says otherwise; `at` is a moment."""
    usual = {"provider": "openai", "model": "gpt-4o", "service_tier": "standard"}
    made = [usual | row | {"at_us": (row["at"] - _EPOCH) // timedelta(microseconds=1)} for row in rows]
    return pl.DataFrame([{name: row.get(name) for name in _SCHEMA} for row in made], schema=_SCHEMA)


def price_row(provider: str, model: str, *, dollars: tuple[float, float], **changed: Any) -> PriceRow:
    """Input and output for a million tokens, since ever and for everything."""
    facts: dict[str, Any] = dict.fromkeys((*RATES, "request_nano", "effective_from", "effective_until"))
    facts |= {
        "service_tier": "standard",
        "daily_from": time(),
        "daily_until": None,
        "input_from": 0,
        "input_until": None,
    }
    facts |= dict(
        zip(("input_nano_per_mtok", "output_nano_per_mtok"), (round(d * 10**9) for d in dollars), strict=True)
    )
    return PriceRow(provider=provider, model=model, **facts | {"other_units": {}} | changed)
