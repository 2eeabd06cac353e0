"""Where a price of one's own is entered for a model that has none, with its name and the first day filled in."""

from datetime import date

from apps.dashboards.addresses import with_query
from apps.rollups.labels import OTHER


def price_entry(provider: str, model: str, since: date, *, prices: str) -> str:
    """`prices` is the address of the page; empty for labels that were added up, which are no model that has a price."""
    if model in ("", OTHER) or provider == OTHER:
        return ""
    return with_query(prices, {"provider": provider, "model": model, "since": since.isoformat()}) + "#enter-price"
