"""Prices for the proofs: a small list with a dated step, tiers and gaps, and what a tenant pays instead."""

from fractions import Fraction

from tests.reference.nouns import Model, Price, Usage

STEP_US = 1_795_000_000_000_000
"""From this instant on, output costs a half more."""

RATES = {
    ("openai", "gpt-4o"): (2_500_000_000, 1_250_000_000, 10_000_000_000),
    ("azure", "gpt-4o"): (2_750_000_000, 2_750_000_000, 11_000_000_000),
    ("openai", "gpt-4o-mini"): (150_000_000, 75_000_000, 600_000_000),
    ("anthropic", "claude-opus"): (15_000_000_000, 1_500_000_000, 75_000_000_000),
    ("openai", "twice-4o"): (5_000_000_000, 2_500_000_000, 20_000_000_000),
    ("google", "gratis"): (0, 0, 0),
    ("aws", "odd"): (333_333_333, 1, 777_777_777),
}
"""Input, cached input and output, in nano-USD per million tokens, by provider and model. One costs exactly twice another,
so that halves of a nano-dollar come up."""


def list_price(model: Model, usage: Usage, at_us: int) -> int | None:
    """The public list. None for a model that it lacks, or when tokens are not told."""
    rates = RATES.get((model.provider or "", model.name or ""))
    if rates is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    fresh, cached, output = rates
    read = min(usage.cache_read or 0, usage.input_tokens)
    paid = Fraction((usage.input_tokens - read) * fresh + read * cached)
    paid += usage.output_tokens * output * (Fraction(3, 2) if at_us >= STEP_US else 1)
    return round(paid * (Fraction(1, 2) if model.service_tier == "batch" else 1) / 1_000_000)


def discounted(numerator: int, denominator: int) -> Price:
    """What a tenant pays of the list, and which models it does not pay for."""

    def price(model: Model, usage: Usage, at_us: int) -> int | None:
        listed = list_price(model, usage, at_us)
        return None if listed is None else round(Fraction(listed * numerator, denominator))

    return price
