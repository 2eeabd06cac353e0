"""Attempts to be priced, at moments."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

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
