"""Figures as a reader of the mail meets them."""

from collections.abc import Iterable
from datetime import date, datetime

from apps.benchmarks.disclosure.grid import Kind
from apps.benchmarks.disclosure.yardsticks import Yardstick

NANO = 1_000_000_000
THIN = "\u202f"  # a narrow space that does not break, before a unit
MINUS = "\u2212"

NAMES = {
    "efficiency_billing": "Routing efficiency",
    "efficiency_latency": "Routing efficiency",
    "effective_cost_uplift": "Effective cost uplift",
    "retry_rate": "Retry rate",
    "retry_cost_multiple": "Retry cost multiple",
    "retry_delay_ms": "Retry delay, mean",
    "fallback_rate": "Fallback rate",
    "failure_rate": "Failure rate",
    "routing_overhead_ms_p50": "Routing overhead, p50",
    "cache_read_share": "Cached input share",
}
SCOPES = {
    "efficiency_billing": "scope billing: tokens and retries",
    "efficiency_latency": "scope latency: tokens, retries and waiting",
}
PARTS = {
    "token": "Token",
    "retry": "Retry",
    "latency": "Latency",
    "selection": "Selection",
    "maintenance": "Maintenance",
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


def more(nano: int, digits: int = 2) -> str:
    """A change: `+$0.03`, `unchanged` where it rounds to nothing."""
    if not round(nano / NANO, digits):
        return "unchanged"
    return money(nano, digits) if nano < 0 else f"+{money(nano, digits)}"


def share(value: float, digits: int = 1) -> str:
    return f"{value * 100:.{digits}f}{THIN}%"


def points(difference: float) -> str:
    """The size of a difference of two shares: `2.2 points`."""
    size = f"{abs(difference) * 100:.1f}"
    return f"{size.removesuffix('.0')} point{'' if size == '1.0' else 's'}"


def duration(ms: float) -> str:
    if ms >= 9_995:
        return f"{ms / 1000:.0f}{THIN}s"
    if ms >= 995:
        return f"{ms / 1000:.1f}{THIN}s"
    return f"{ms:.0f}{THIN}ms" if ms >= 9.95 else f"{ms:.1f}{THIN}ms"


def value(amount: float, yardstick: Yardstick) -> str:
    """A metric's value with its unit."""
    if yardstick.grid.kind is Kind.TIME:
        return duration(amount)
    if yardstick.grid.kind is Kind.SHARE or yardstick.metric == "effective_cost_uplift":
        return share(amount)
    return f"{amount:.2f}\u00d7"


def day(when: date | datetime) -> str:
    return f"{when.day} {when:%b}"


def moment(when: datetime) -> str:
    return f"{when:%A} {when.day} {when:%b}, {when:%H:%M} UTC"


def one_line(text: str) -> str:
    """Without line breaks or other control characters, whatever a name holds."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
