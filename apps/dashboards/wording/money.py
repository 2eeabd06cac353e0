"""Nano-USD in words."""

from apps.dashboards.wording.signs import MINUS, NOTHING_KNOWN

NANO = 1_000_000_000


def dollars(nano: int | None) -> str:
    """`$1,318.44`; under a cent two significant figures more; a dash where nothing is known."""
    if nano is None:
        return NOTHING_KNOWN
    if nano == 0:
        return "$0.00"
    sign, amount = (MINUS if nano < 0 else ""), abs(nano)
    decimals = 2
    while amount * 10**decimals < 10 * NANO and decimals < 6 and amount < NANO // 100:
        decimals += 1
    return f"{sign}${amount / NANO:,.{decimals}f}"


def exact(nano: int) -> str:
    """To the nano-dollar, without the zeros that end it, for amounts that are seen to add up: `$0.00427`, `$0.10`."""
    sign, amount = (MINUS if nano < 0 else ""), abs(nano)
    decimals = f"{amount % NANO:09}".rstrip("0").ljust(2, "0")
    return f"{sign}${amount // NANO:,}.{decimals}"


def whole_dollars(nano: int) -> str:
    """For sentences: `$5,665`, with cents only under a hundred dollars."""
    return f"${nano / NANO:,.0f}" if nano >= 100 * NANO else dollars(nano)


def per_thousand(nano: int, requests: int) -> int | None:
    """Nano-USD for a thousand requests; None for no request."""
    return round(nano * 1000 / requests) if requests else None
