"""Shares, ratios, counts and durations in words."""

from apps.dashboards.wording.signs import NBSP, NOTHING_KNOWN, TIMES


def share(value: float | None, *, decimals: int = 1) -> str:
    """0.621 as `62.1 %`; what is not quite nothing or not quite all is not rounded to it."""
    if value is None:
        return NOTHING_KNOWN
    percent = 100 * value
    step = 10**-decimals
    if 0 < percent < step / 2:
        return f"< {step:.{decimals}f}{NBSP}%"
    if 100 - step / 2 <= percent < 100:
        return f"> {100 - step:.{decimals}f}{NBSP}%"
    return f"{percent:.{decimals}f}{NBSP}%"


def cents_of_a_dollar(value: float) -> str:
    """0.621 as `62 cents`."""
    cents = round(100 * value)
    return "1 cent" if cents == 1 else f"{cents} cents"


def multiple(value: float | None) -> str:
    return NOTHING_KNOWN if value is None else f"{value:.2f}{NBSP}{TIMES}"


def count(value: int, one: str = "", many: str = "") -> str:
    """`86,000`, or with its noun: `1 request`, `86,000 requests`."""
    if not one:
        return f"{value:,}"
    return f"{value:,}{NBSP}{one if value == 1 else many or one + 's'}"


def duration(microseconds: float | None) -> str:
    """`61 ms`, `1.2 s`, `3.5 min`, `5.0 h`."""
    if microseconds is None:
        return NOTHING_KNOWN
    for size, unit, decimals in ((3_600_000_000, "h", 1), (60_000_000, "min", 1), (1_000_000, "s", 1)):
        if microseconds >= size:
            return f"{microseconds / size:.{decimals}f}{NBSP}{unit}"
    milliseconds = microseconds / 1000
    return f"{milliseconds:.{0 if milliseconds >= 10 or milliseconds == 0 else 1}f}{NBSP}ms"


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""
