"""Ranges in words."""

from apps.advice.ranges import Range
from apps.dashboards.wording import money
from apps.dashboards.wording.signs import EN_DASH, MINUS, NBSP


def dollars(low: int, high: int) -> str:
    """`$310` to `$420` with a dash between, of amounts that are not negative; one where both read alike."""
    first, last = money.whole_dollars(low), money.whole_dollars(high)
    return first if first == last else f"{first}{EN_DASH}{last.removeprefix('$')}"


def paid(change: Range) -> str:
    """`$310` to `$420 a month less`, `between $20 less and $45 more a month`, `as much as today`."""
    if change.low == change.high == 0:
        return "as much as today"
    if change.high <= 0:
        return f"{dollars(-change.high, -change.low)} a month less"
    if change.low >= 0:
        return f"{dollars(change.low, change.high)} a month more"
    return f"between {money.whole_dollars(-change.low)} less and {money.whole_dollars(change.high)} more a month"


def signed(change: Range) -> str:
    """With signs, for tables; `to` between both ends."""
    first, last = _signed(change.low), _signed(change.high)
    return first if first == last else f"{first} to {last}"


def _signed(nano: int) -> str:
    sign = MINUS if nano < 0 else "+" if nano else ""
    return f"{sign}{money.whole_dollars(abs(nano))}"


def points(change: tuple[float, float]) -> str:
    """Of shares in [-1, 1], in percentage points with their signs."""
    first, last = (_points(one) for one in change)
    return f"{first}{NBSP}points" if first == last else f"{first} to {last}{NBSP}points"


def _points(value: float) -> str:
    rounded = round(100 * value, 1)
    return f"{MINUS if rounded < 0 else '+' if rounded else ''}{abs(rounded):.1f}"


def times_as(span: tuple[int, int]) -> str:
    """Thousandths as `0.80` to `1.25` with a dash between; `the same` where nothing is unsure."""
    if span == (1000, 1000):
        return "the same"
    first, last = (f"{one / 1000:.2f}" for one in span)
    return first if first == last else f"{first}{EN_DASH}{last}"
