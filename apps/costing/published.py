"""The published assumptions: the same for everybody, under which the one routing efficiency is computed."""

from fractions import Fraction

NANO = 1_000_000_000

ENGAGEMENT_LOSS_PER_100_MS = 0.012
"""Share of engagement that 100 ms of added waiting lose (metrics.md, after the published study)."""

VALUE_PER_1000_REQUESTS_NANO = 500_000_000
"""What 1,000 user-facing requests are worth: $0.50."""


def latency_impact_nano(loss_nano: int, value_per_1000_nano: int = VALUE_PER_1000_REQUESTS_NANO) -> Fraction:
    """Dollars (nano) that a sum of lost engagement is worth; `loss_nano` counts lost requests in billionths."""
    return Fraction(loss_nano * value_per_1000_nano, 1000 * NANO)
