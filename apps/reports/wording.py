"""Figures as a reader of the mail meets them."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.dates import MONTHS_3, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from apps.benchmarks.disclosure.grid import Kind
from apps.benchmarks.disclosure.yardsticks import Yardstick

NANO = 1_000_000_000
THIN = "\u202f"  # a narrow space that does not break, before a unit
MINUS = "\u2212"

NAMES = {
    "efficiency_billing": gettext_noop("Routing efficiency"),
    "efficiency_latency": gettext_noop("Routing efficiency"),
    "effective_cost_uplift": gettext_noop("Effective cost uplift"),
    "retry_rate": gettext_noop("Retry rate"),
    "retry_cost_multiple": gettext_noop("Retry cost multiple"),
    "retry_delay_ms": gettext_noop("Retry delay, mean"),
    "fallback_rate": gettext_noop("Fallback rate"),
    "failure_rate": gettext_noop("Failure rate"),
    "routing_overhead_ms_p50": gettext_noop("Routing overhead, p50"),
    "cache_read_share": gettext_noop("Cached input share"),
}
SCOPES = {
    "efficiency_billing": gettext_noop("scope billing: tokens and retries"),
    "efficiency_latency": gettext_noop("scope latency: tokens, retries and waiting"),
}
PARTS = {
    "token": gettext_noop("Token"),
    "retry": gettext_noop("Retry"),
    "latency": gettext_noop("Latency"),
    "selection": gettext_noop("Selection"),
    "maintenance": gettext_noop("Maintenance"),
}


def decimals(amounts: Iterable[int | None]) -> int:
    """Digits after the point with which the greatest of some amounts (nano-USD) shows two figures; two at least."""
    greatest = max((abs(amount) for amount in amounts if amount is not None), default=0) / NANO
    digits = 2
    while greatest and greatest < 10 ** (1 - digits) and digits < 6:
        digits += 1
    return digits


def money(nano: int, digits: int = 2) -> str:
    sign = MINUS if round(nano / NANO, digits) < 0 else ""
    return f"{sign}${abs(nano) / NANO:,.{digits}f}"


def moves(nano: int, digits: int = 2) -> bool:
    """Whether anything of it is to be seen."""
    return bool(round(nano / NANO, digits))


def more(nano: int, digits: int = 2) -> str:
    """A change: `+$0.03`, `unchanged` where it rounds to nothing."""
    if not moves(nano, digits):
        return _("unchanged")
    return money(nano, digits) if nano < 0 else f"+{money(nano, digits)}"


def share(value: float, digits: int = 1) -> str:
    return f"{value * 100:.{digits}f}{THIN}%"


def points(difference: float) -> str:
    """The size of a difference of two shares: `2.2 points`."""
    size = f"{abs(difference) * 100:.1f}"
    # A fraction is never one of something: what is counted with it is many.
    said = ngettext("{points} point", "{points} points", round(float(size)) if size.endswith(".0") else 2)
    return said.format(points=size.removesuffix(".0"))


def differs(difference: float) -> bool:
    """Whether anything of it is to be seen in points."""
    return f"{abs(difference) * 100:.1f}" != "0.0"


def duration(ms: float) -> str:
    s, milli = _("s"), _("ms")
    if ms >= 9_995:
        return f"{ms / 1000:.0f}{THIN}{s}"
    if ms >= 995:
        return f"{ms / 1000:.1f}{THIN}{s}"
    return f"{ms:.0f}{THIN}{milli}" if ms >= 9.95 else f"{ms:.1f}{THIN}{milli}"


def value(amount: float, yardstick: Yardstick) -> str:
    """A metric's value with its unit."""
    if yardstick.grid.kind is Kind.TIME:
        return duration(amount)
    if yardstick.grid.kind is Kind.SHARE or yardstick.metric == "effective_cost_uplift":
        return share(amount)
    return f"{amount:.2f}\u00d7"


def day(when: date | datetime) -> str:
    return _("{day} {month}").format(day=when.day, month=str(MONTHS_3[when.month]).title())


def moment(when: datetime) -> str:
    weekday, time = WEEKDAYS[when.weekday()], f"{when:%H:%M}"
    return _("{weekday} {day}, {time} UTC").format(weekday=weekday, day=day(when), time=time)


def one_line(text: str) -> str:
    """Without line breaks or other control characters, whatever a name holds."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
