"""The price data of the installed `genai-prices` package, unfolded into rows of which at most one ever applies.

In the package a price is chosen by rules: the last of several conditional prices that is active at an instant, variants
by request context on top of it, and a rate that depends on the whole input. Here each rule becomes an interval (of
instants, of the UTC day, of input tokens), and the package itself says which price holds inside. No network.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.metadata import version
from itertools import pairwise
from typing import TypeAlias

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from apps.pricing.price_row import COMPONENTS, PriceRow, units

SOURCE = "genai-prices"
CONTEXTS: Mapping[str, Mapping[str, str] | None] = {
    "standard": None,
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}
"""Our service tiers, as the package's request context."""

_NANO = 10**9
_MIDNIGHT = time(0)


def packaged_version() -> str:
    """Version of the installed package, which names the price list."""
    return version(SOURCE)


def packaged_prices() -> list[PriceRow]:
    """Every price of every model of the installed package."""
    return [
        row
        for provider in get_snapshot().providers
        for model in provider.models
        for tier in _tiers(model)
        for row in _unfold(provider.id, model, tier)
    ]


def _tiers(model: ModelInfo) -> list[str]:
    """Standard, and those for which the model has a price of its own."""
    variants = model.price_variants or []
    return [
        tier
        for tier, context in CONTEXTS.items()
        if context is None or any(_applies(variant, context) for variant in variants)
    ]


def _applies(variant: PriceVariant, context: Mapping[str, str]) -> bool:
    return all(context.get(key) == value for key, value in variant.when.items())


def _unfold(provider: str, model: ModelInfo, tier: str) -> Iterator[PriceRow]:
    for start, end, daily, prices in _periods(model, CONTEXTS[tier]):
        for input_from, input_until in _bands(prices):
            main, request, others = _rates(prices, input_from)
            yield PriceRow(
                provider=provider,
                model=model.id,
                service_tier=tier,
                effective_from=start,
                effective_until=end,
                daily_from=daily[0],
                daily_until=daily[1],
                input_from=input_from,
                input_until=input_until,
                **{column: main.get(usage_key) for column, usage_key in COMPONENTS.items()},
                request_nano=request,
                other_units=others,
            )


_Daily: TypeAlias = tuple[time, time | None]
_Period: TypeAlias = tuple[datetime | None, datetime | None, _Daily, ModelPrice]


def _periods(model: ModelInfo, context: Mapping[str, str] | None) -> list[_Period]:
    """Intervals of instants and of the day between the model's own dates and times, each with the price inside."""
    days, times = _constraint_bounds(model)
    bounds = [None, *(datetime.combine(day, _MIDNIGHT, UTC) for day in days), None]
    inside = [days[0] - timedelta(days=1) if days else date(2000, 1, 1), *days]
    periods: list[_Period] = []
    for day, (start, end) in zip(inside, pairwise(bounds), strict=True):
        for daily in pairwise([*times, None]):
            prices = model.get_prices(datetime.combine(day, daily[0] or _MIDNIGHT, UTC), context)
            periods.append((start, end, (daily[0] or _MIDNIGHT, daily[1]), prices))
    return periods if len(times) > 1 else _joined(periods)


def _constraint_bounds(model: ModelInfo) -> tuple[list[date], list[time]]:
    conditional = model.prices if isinstance(model.prices, list) else []
    constraints = [holder.constraint for holder in _holders(conditional, model.price_variants or [])]
    days = {c.start_date for c in constraints if isinstance(c, StartDateConstraint)}
    times = {_MIDNIGHT}
    for constraint in constraints:
        if isinstance(constraint, TimeOfDateConstraint):
            times |= {_utc(constraint.start_time), _utc(constraint.end_time)}
    return sorted(days), sorted(times)


def _holders(
    prices: Sequence[ConditionalPrice], variants: Sequence[PriceVariant]
) -> list[ConditionalPrice | PriceVariant]:
    return [*prices, *variants]


def _utc(value: time) -> time:
    if value.tzinfo is None:
        return value
    return datetime.combine(date(2000, 1, 3), value).astimezone(UTC).time()


def _joined(periods: list[_Period]) -> list[_Period]:
    """Neighbours in time with one price become one row: another tier's date is no change of this one."""
    joined = periods[:1]
    for start, end, daily, prices in periods[1:]:
        if joined[-1][3] == prices:
            joined[-1] = (joined[-1][0], end, daily, prices)
        else:
            joined.append((start, end, daily, prices))
    return joined


def _bands(prices: ModelPrice) -> Iterator[tuple[int, int | None]]:
    """Intervals of input tokens with one rate: a tier holds for the whole usage once the input is *above* its start."""
    tiered = [price for price in prices.__dict__.values() if isinstance(price, TieredPrices)]
    starts = sorted({tier.start + 1 for price in tiered for tier in price.tiers})
    bounds: list[int | None] = [*starts, None]
    return zip([0, *starts], bounds, strict=True)


def _rates(prices: ModelPrice, input_tokens: int) -> tuple[dict[str, int], int | None, dict[str, list[int]]]:
    """Rates of a usage with so much input: of the components, of a request, of other units."""
    rates: dict[str, list[int]] = {}
    for price_key, price in prices.__dict__.items():
        if price is not None:
            unit = units().unit_for_price_key(price_key)
            rates[unit.usage_key] = [_nano(_rate(price, input_tokens)), unit.per]
    main = {usage_key: rates.pop(usage_key)[0] for usage_key in COMPONENTS.values() if usage_key in rates}
    return main, _per_one(rates.pop("requests", None)), rates


def _rate(price: Decimal | TieredPrices, input_tokens: int) -> Decimal:
    if isinstance(price, Decimal):
        return price
    return next((tier.price for tier in reversed(price.tiers) if input_tokens > tier.start), price.base)


def _nano(dollars: Decimal) -> int:
    """To a billionth of a dollar, half-even; the package holds a few floats with noise in the seventeenth digit."""
    return int((dollars * _NANO).to_integral_value())


def _per_one(rate: list[int] | None) -> int | None:
    if rate is None:
        return None
    whole, rest = divmod(rate[0], rate[1])
    if rest:
        raise ValueError(f"a price a request of {rate[0]} nano-USD for {rate[1]} is no whole number of nano-USD")
    return whole
