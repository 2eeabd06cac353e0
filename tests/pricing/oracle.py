"""What `genai_prices` itself says a usage costs: the oracle, asked one usage at a time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
from genai_prices import Usage
from genai_prices.data_snapshot import find_provider_by_id, get_snapshot
from genai_prices.types import (
    ClauseAnd,
    ClauseOr,
    ConditionalPrice,
    MatchLogic,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

CONTEXTS: dict[str, dict[str, str] | None] = {
    "standard": None,
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOME_DAY = datetime(2026, 11, 2, 13, 37, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One usage of one model at one instant, and what the oracle says of it."""

    provider: str
    model: str
    service_tier: str
    at: datetime
    input_tokens: int
    cache_read_input_tokens: int = 0
    cache_write_input_tokens: int = 0
    cache_write_1h_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0
    expected_nano: int = -1


def priced(case: Case, model: ModelInfo, provider: Provider) -> Case:
    """The case with the package's answer, rounded half-even to a nano-dollar."""
    usage = Usage(
        input_tokens=case.input_tokens,
        cache_read_tokens=case.cache_read_input_tokens,
        cache_write_tokens=case.cache_write_input_tokens + case.cache_write_1h_input_tokens,
        cache_write_1h_tokens=case.cache_write_1h_input_tokens,
        output_tokens=case.output_tokens,
        output_reasoning_tokens=case.reasoning_output_tokens,
    )
    context = CONTEXTS[case.service_tier]
    answer = model.calc_price(usage, provider, genai_request_timestamp=case.at, price_context=context)
    return replace(case, expected_nano=to_nano(answer.total_price))


def to_nano(dollars: Decimal) -> int:
    return int((dollars * 10**9).quantize(Decimal(1), ROUND_HALF_EVEN))


def instants(model: ModelInfo) -> list[datetime]:
    """Some day, and the last microsecond before and the first of every step and of every daily interval."""
    constraints = [holder.constraint for holder in holders(model)]
    dates = [constraint.start_date for constraint in constraints if isinstance(constraint, StartDateConstraint)]
    edges = {datetime.combine(date, time(0), UTC) for date in dates}
    for constraint in constraints:
        if isinstance(constraint, TimeOfDateConstraint):
            days = {SOME_DAY, *edges}
            edges |= {datetime.combine(day.date(), t) for day in days for t in _ends(constraint)}
    return [SOME_DAY, *sorted(edges | {edge - timedelta(microseconds=1) for edge in edges})]


def _ends(constraint: TimeOfDateConstraint) -> list[time]:
    return [t if t.tzinfo else t.replace(tzinfo=UTC) for t in (constraint.start_time, constraint.end_time)]


def all_prices(model: ModelInfo) -> list[ModelPrice]:
    return [holder.prices for holder in holders(model)]


def holders(model: ModelInfo) -> list[ConditionalPrice | PriceVariant]:
    """Whatever of a model holds a price, the standard ones first."""
    standard = model.prices if isinstance(model.prices, list) else [ConditionalPrice(prices=model.prices)]
    return [*standard, *(model.price_variants or [])]


def inputs(model: ModelInfo) -> list[int]:
    """Plain sizes, and those at and above each threshold of a rate."""
    rates = [
        rate for prices in all_prices(model) for rate in prices.__dict__.values() if isinstance(rate, TieredPrices)
    ]
    starts = {tier.start for rate in rates for tier in rate.tiers}
    return [1, 7_919, *sorted({size for start in starts for size in (start, start + 1)})]


def spellings(provider: Provider, model: ModelInfo) -> list[str]:
    """Names by which the package itself finds the model at its provider."""
    words = [model.id, *_words(model.match)]
    regions = [f"{region}.{word.split('.', 1)[-1]}" for word in words for region in ("us", "eu", "global", "apac")]
    listed = get_snapshot().providers
    return [word for word in (*words, *regions) if word and provider.find_model(word, all_providers=listed) is model]


def _words(clause: MatchLogic) -> list[str]:
    if isinstance(clause, ClauseOr):
        return [word for part in clause.or_ for word in _words(part)]
    if isinstance(clause, ClauseAnd):
        return [word for part in clause.and_ for word in _words(part)]
    return [str(value).strip("^$").replace("\\", "") for value in vars(clause).values()]


def provider_named(provider_id: str) -> Provider:
    provider = find_provider_by_id(get_snapshot().providers, provider_id)
    assert provider is not None
    return provider


def frame(cases: list[Case]) -> pl.DataFrame:
    """Cases as the columns of attempts."""
    rows = [vars(case) for case in cases]
    at_us = pl.Series("at_us", [(case.at - EPOCH) // timedelta(microseconds=1) for case in cases], dtype=pl.Int64)
    return pl.DataFrame(rows).drop("at").with_columns(at_us)
