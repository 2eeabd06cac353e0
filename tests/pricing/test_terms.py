"""What a tenant pays: its own prices first, then the list's with its discount, each in its time."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.agree import PerGpuHour
from apps.pricing.quote import appraise
from apps.pricing.terms import NO_TERMS, Basis, Off, Own, Terms, own_price
from tests.pricing.test_quote import simple
from tests.pricing.usage import MTOK, usage

NANO = 10**9
BOOK = simple(input=2 * NANO, output=8 * NANO)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = MARCH.date()
BEFORE = MARCH - timedelta(microseconds=1)


def own(model: str = "gpt-4o", since: date = FIRST, provider: str = "openai", **rates: int | None) -> Own:
    return Own(provider, model, since, {f"{name}_nano_per_mtok": rate for name, rate in rates.items()} or None)


def off(ppm: int | None, model: str = "", since: date = FIRST) -> Off:
    return Off("openai", model, since, ppm)


def paid(terms: Terms, *moments: datetime, model: str = "gpt-4o", provider: str | None = "openai") -> list[int | None]:
    asked = usage(
        *({"at": at, "model": model, "provider": provider, "input_tokens": MTOK, "output_tokens": 0} for at in moments)
    )
    told: list[int | None] = own_price(asked, appraise(asked, BOOK), terms)["price_nano"].to_list()
    return told


def test_an_own_price_holds_from_its_day_until_it_ends() -> None:
    terms = Terms.of([own(input=5 * NANO, output=0), own(since=date(2026, 4, 1))], [])
    assert paid(terms, BEFORE, MARCH, datetime(2026, 4, 1, tzinfo=UTC)) == [2 * NANO, 5 * NANO, 2 * NANO]


def test_a_model_that_the_list_does_not_know_has_the_tenants_price_alone() -> None:
    terms = Terms.of([own("house-llama", provider="", input=NANO, output=NANO)], [])
    assert paid(terms, BEFORE, MARCH, model="house-llama", provider=None) == [None, NANO]
    assert paid(terms, MARCH) == [2 * NANO]


def test_a_discount_of_a_model_stands_over_that_of_its_provider_and_an_own_price_over_both() -> None:
    discounts = [off(900_000), off(500_000, "gpt-4o"), off(None, "gpt-4o", since=date(2026, 4, 1))]
    april = datetime(2026, 4, 1, tzinfo=UTC)
    assert paid(Terms.of([], discounts), BEFORE, MARCH, april) == [2 * NANO, NANO, 1_800_000_000]
    terms = Terms.of([own(input=7, output=7)], discounts)
    assert paid(terms, MARCH) == [7]


def test_dated_names_and_prefixes_are_the_model_that_the_tenant_named() -> None:
    terms = Terms.of([own("claude-x", provider="anthropic", input=NANO, output=NANO)], [])
    rows = [
        {
            "at": MARCH,
            "provider": "anthropic",
            "model": "claude-x",
            "raw_model": raw,
            "input_tokens": MTOK,
            "output_tokens": 0,
        }
        for raw in ("claude-x-20260101", "anthropic/claude-x", "Claude-X")
    ]
    asked = usage(*rows)
    assert own_price(asked, appraise(asked, BOOK), terms)["price_nano"].to_list() == [NANO] * 3


def test_without_terms_nothing_is_touched() -> None:
    asked = usage({"at": MARCH, "input_tokens": MTOK, "output_tokens": 0})
    listed = appraise(asked, BOOK)
    assert own_price(asked, listed, NO_TERMS) is listed


@given(st.integers(0, 10**12), st.integers(0, 10**7))
def test_a_discount_is_taken_off_to_the_nano_dollar_half_even(nano: int, ppm: int) -> None:
    asked = usage({"at": MARCH, "input_tokens": 1, "output_tokens": 0})
    listed = pl.DataFrame({"price_nano": [nano], "upper_bound": [False]})
    found = own_price(asked, listed, Terms.of([], [off(ppm)]))["price_nano"][0]
    whole, rest = divmod(nano * ppm, 10**6)
    assert found == whole + (2 * rest > 10**6 or (2 * rest == 10**6 and whole % 2 == 1))


@pytest.mark.parametrize(
    ("gpus", "tokens", "rate"), [(1_000, 1_000_000, 2_500_000_000), (4_500, 9_000_000, 1_250_000_000)]
)
def test_a_gpus_hour_is_spread_over_the_tokens_that_it_serves(gpus: int, tokens: int, rate: int) -> None:
    assert PerGpuHour(2_500_000_000, gpus, tokens).nano_per_mtok == rate


def test_rates_at_terms_are_what_usages_cost_at_terms() -> None:
    terms = Terms.of([own("house-llama", input=3, output=4)], [off(500_000)])
    rows = [("gpt-4o", BEFORE), ("gpt-4o", MARCH), ("house-llama", MARCH), ("nobody-knows", MARCH)]
    asked = usage(*({"model": model, "at": at, "input_tokens": 1} for model, at in rows))
    found = Basis(BOOK, terms).rates(asked)
    assert found.select("row", "input_nano_per_mtok", "output_nano_per_mtok").rows() == [
        (0, 2 * NANO, 8 * NANO),
        (1, NANO, 4 * NANO),
        (2, 3, 4),
    ]
    assert {int(MARCH.timestamp()) * 1_000_000} <= set(Basis(BOOK, terms).steps()[0])
