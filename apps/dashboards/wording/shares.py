"""Shares, ratios, counts and durations in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from apps.dashboards.wording.counted import COUNTED, Noun
from apps.dashboards.wording.signs import NBSP, NOTHING_KNOWN, TIMES
from apps.dashboards.wording.translate import glued

_LONG = {3_600_000_000: gettext_noop("h"), 60_000_000: gettext_noop("min"), 1_000_000: gettext_noop("s")}
"""Units from so many microseconds on."""


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
    return ngettext("{cents} cent", "{cents} cents", cents).format(cents=cents)


def multiple(value: float | None) -> str:
    return NOTHING_KNOWN if value is None else f"{value:.2f}{NBSP}{TIMES}"


def count(value: int, noun: Noun | None = None) -> str:
    """`86,000`, or with what is counted: `1 request`, `86,000 requests`."""
    if noun is None:
        return f"{value:,}"
    return glued(COUNTED[noun](value)).format(number=f"{value:,}")


def duration(microseconds: float | None) -> str:
    """`61 ms`, `1.2 s`, `3.5 min`, `5.0 h`."""
    if microseconds is None:
        return NOTHING_KNOWN
    for size, unit in _LONG.items():
        if microseconds >= size:
            return f"{microseconds / size:.1f}{NBSP}{_(unit)}"
    milliseconds, unit = microseconds / 1000, _("ms")
    return f"{milliseconds:.{0 if milliseconds >= 10 or milliseconds == 0 else 1}f}{NBSP}{unit}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return words[0] if words else ""
    return _("{others} and {last}").format(others=", ".join(words[:-1]), last=words[-1])
