"""What a usage costs: exactness, the unknown, and what the price list leaves to be decided."""

from datetime import time as daily
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.book import PRICES, Book, frame_prices
from apps.pricing.price_row import PriceRow
from apps.pricing.quote import appraise, quote
from apps.pricing.unfold import packaged_prices

TOKENS = ("input", "cache_read_input", "cache_write_input", "cache_write_1h_input", "output", "reasoning_output")
RATES = ("input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning_output")
BOOK = Book.of(frame_prices(packaged_prices()))
NOVEMBER = 1_795_000_000_000_000


def price_row(provider: str = "openai", model: str = "gpt-4o", **given: Any) -> PriceRow:
    """A price of gpt-4o with the rates given, in nano-USD per million tokens."""
    facts: dict[str, Any] = {f"{name}_nano_per_mtok": given.pop(name, None) for name in RATES}
    facts |= {"effective_from": None, "effective_until": None, "input_from": 0, "input_until": None}
    facts |= {"service_tier": "standard", "daily_from": daily(0), "daily_until": None}
    facts |= {"request_nano": None, "other_units": {}} | given
    return PriceRow(provider=provider, model=model, **facts)


def usage(*rows: dict[str, Any]) -> pl.DataFrame:
    """Attempts on gpt-4o, a row each: tokens, and what differs."""
    schema = {
        "provider": pl.String, "model": pl.String, "raw_model": pl.String, "service_tier": pl.String,
        "at_us": pl.Int64, **{f"{name}_tokens": pl.Int64 for name in TOKENS}, "other_units": pl.String,
    }  # fmt: skip
    usual = {"provider": "openai", "model": "gpt-4o", "service_tier": "standard", "at_us": NOVEMBER}
    return pl.DataFrame([usual | row for row in rows], schema=schema)


def one(book: Book, **row: Any) -> int | None:
    answer: int | None = quote(usage(row), book)[0]
    return answer


def simple(**given: Any) -> Book:
    return Book.of(frame_prices([price_row(**given)]))


counts = st.none() | st.integers(0, 100_000_000) | st.integers(0, 5)
rates = st.none() | st.integers(0, 1_000_000_000_000) | st.integers(0, 3)


@given(st.tuples(*[counts] * 6), st.tuples(*[rates] * 6), st.none() | st.integers(0, 10**9))
def test_it_is_exact_whatever_the_numbers(tokens: tuple[int | None, ...], prices: Any, request: int | None) -> None:
    """Against fractions, straight from the definition: a component without a rate costs what contains it does."""
    book = simple(**dict(zip(RATES, prices, strict=True)), request_nano=request)
    plain_rate, read, write, write_1h, out, reasoning_rate = prices
    total, *cached, output, reasoning = (count or 0 for count in tokens)
    paid = Fraction(max(total - sum(cached), 0) * (plain_rate or 0))
    written = write if write is not None else plain_rate
    for count, rate, otherwise in zip(cached, (read, write, write_1h), (plain_rate, plain_rate, written), strict=True):
        paid += count * ((rate if rate is not None else otherwise) or 0)
    thought = min(reasoning, output)
    paid += (output - thought) * (out or 0)
    paid += thought * ((reasoning_rate if reasoning_rate is not None else out) or 0)
    expected: int | None = round(paid / 1_000_000 + (request or 0))
    costs_input = any(rate for rate in (plain_rate, read, write, write_1h))
    if (tokens[0] is None and costs_input) or (tokens[4] is None and out):
        expected = None
    assert one(book, **{f"{name}_tokens": n for name, n in zip(TOKENS, tokens, strict=True)}) == expected


@pytest.mark.parametrize(("tokens", "expected"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_half_a_nano_dollar_goes_to_the_even_one(tokens: int, expected: int) -> None:
    assert one(simple(input=500_000, output=0), input_tokens=tokens, output_tokens=0) == expected


def test_no_price_is_null_and_never_nothing() -> None:
    unknown = usage(
        {"model": "nobody-knows-this", "input_tokens": 10, "output_tokens": 10},
        {"provider": "our-own-gpus", "input_tokens": 10, "output_tokens": 10},
        {"provider": None, "model": None, "input_tokens": 10, "output_tokens": 10},
        {"input_tokens": None, "output_tokens": 10},
        {"input_tokens": 10, "output_tokens": None},
    )
    assert quote(unknown, BOOK).to_list() == [None] * 5


def test_an_embedding_has_no_output_to_know() -> None:
    assert one(BOOK, model="text-embedding-3-small", input_tokens=1_000_000, output_tokens=None) == 20_000_000


def test_a_free_model_costs_nothing_even_without_usage() -> None:
    assert one(BOOK, provider="github-copilot", model="gpt-4o", input_tokens=None, output_tokens=None) == 0


def test_cached_tokens_that_are_not_known_are_priced_as_uncached_and_marked() -> None:
    frame = usage(
        {"input_tokens": 1_000_000, "cache_read_input_tokens": None, "output_tokens": 0},
        {"input_tokens": 1_000_000, "cache_read_input_tokens": 0, "output_tokens": 0},
        {"input_tokens": 0, "cache_read_input_tokens": None, "output_tokens": 5},
        {"input_tokens": None, "cache_read_input_tokens": None, "output_tokens": 5},
    )
    answer = appraise(frame, simple(input=2_000_000_000, cache_read=1_000_000_000, output=1))
    assert answer["price_nano"].to_list() == [2_000_000_000, 2_000_000_000, 0, None]
    assert answer["upper_bound"].to_list() == [True, False, False, False]


def test_more_cached_than_input_is_never_negative_and_pays_what_was_cached() -> None:
    book = simple(input=3_000_000_000, cache_read=1_000_000_000, output=0)
    assert one(book, input_tokens=100, cache_read_input_tokens=1_000_000, output_tokens=0) == 1_000_000_000


def test_the_price_is_that_of_the_attempts_start() -> None:
    from datetime import UTC, datetime

    step = datetime(2026, 11, 1, tzinfo=UTC)
    before = price_row(input=1_000_000, output=0, effective_until=step)
    after = price_row(input=2_000_000, output=0, effective_from=step)
    step_us = round(step.timestamp() * 1_000_000)
    moments = [{"input_tokens": 7, "output_tokens": 0, "at_us": at} for at in (step_us - 1, step_us, step_us + 1)]
    assert quote(usage(*moments), Book.of(frame_prices([before, after]))).to_list() == [7, 14, 14]


def test_a_tier_without_a_price_of_its_own_costs_what_standard_does() -> None:
    rows = [price_row(input=4_000_000, output=0), price_row(input=2_000_000, output=0, service_tier="batch")]
    asked = [
        {"input_tokens": 5, "output_tokens": 0, "service_tier": tier} for tier in ("standard", "batch", "flex", None)
    ]
    assert quote(usage(*asked), Book.of(frame_prices(rows))).to_list() == [20, 10, 20, 20]


def test_a_borrowed_list_lends_no_special_tier() -> None:
    """Azure sells OpenAI's models at OpenAI's prices, as far as is known, but not OpenAI's batch discount."""
    asked = [
        {"provider": provider, "model": "gpt-4.1", "service_tier": tier, "input_tokens": 1_000_000, "output_tokens": 0}
        for provider, tier in (("openai", "standard"), ("openai", "batch"), ("azure", "standard"), ("azure", "batch"))
    ]
    standard, batch, lent, lent_batch = quote(usage(*asked), BOOK).to_list()
    assert (standard, lent, lent_batch) == (2_000_000_000,) * 3
    assert batch < standard


def test_the_name_that_was_sent_decides_between_dated_releases() -> None:
    tokens = {"input_tokens": 1_000_000, "output_tokens": 0}
    rows = ({"raw_model": "gpt-4o-2024-05-13", **tokens}, {"raw_model": None, **tokens})
    assert quote(usage(*rows), BOOK).to_list() == [5_000_000_000, 2_500_000_000]


@pytest.mark.parametrize(
    ("other_units", "expected"),
    [
        ('{"web_searches": 3}', 30_000_000 + 1),
        ('{"web_searches": 0}', 1),
        ("{}", 1),
        (None, 1),
        ('{"images": 2}', None),
        ('{"images": 0}', 1),
        ('{"input_audio_tokens": 1}', 1),
        ('{"web_searches": 1, "images": 1}', None),
    ],
)
def test_a_unit_without_a_price_leaves_the_attempt_without_one(other_units: str | None, expected: int | None) -> None:
    """Audio tokens without a rate of their own are input tokens, and are paid as those."""
    book = simple(input=1_000_000, output=0, other_units={"web_searches": [10_000_000_000, 1_000]})
    assert one(book, input_tokens=1, output_tokens=0, other_units=other_units) == expected


def test_order_and_length_are_those_of_the_question() -> None:
    sizes = [5, 0, 3, 1_000, 2] * 3
    frame = usage(*({"input_tokens": n, "output_tokens": 0, "model": "nope" if n == 3 else "gpt-4o"} for n in sizes))
    prices = quote(frame, simple(input=1_000_000, output=0)).to_list()
    assert prices == [None if n == 3 else n for n in sizes]


def test_nothing_costs_nothing() -> None:
    assert quote(usage(), BOOK).to_list() == []
    assert quote(usage({"input_tokens": 1, "output_tokens": 1}), Book.of(pl.DataFrame(schema=PRICES))).to_list() == [
        None
    ]


def test_another_source_is_added_by_concatenation() -> None:
    ours = frame_prices([price_row("our-own-gpus", "llama", input=7_000_000, output=0)])
    both = Book.of(pl.concat([frame_prices(packaged_prices()), ours]))
    assert both.series_of("our-own-gpus", "llama", "standard") is not None
    assert one(both, input_tokens=1_000_000, output_tokens=0) == one(BOOK, input_tokens=1_000_000, output_tokens=0)
