"""Dollars for programs: exact decimals, nine places, as text in JSON."""

from decimal import Decimal

NANO = 1_000_000_000


def exact_dollars(nano: int | None) -> Decimal | None:
    return None if nano is None else Decimal(nano) / NANO
