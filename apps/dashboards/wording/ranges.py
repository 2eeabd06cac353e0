"""Ranges in words."""

from django.utils.translation import gettext as _

from apps.advice.ranges import Range
from apps.dashboards.wording import money
from apps.dashboards.wording.signs import EN_DASH, MINUS
from apps.dashboards.wording.translate import glued


def dollars(low: int, high: int) -> str:
    """`$310` to `$420` with a dash between, of amounts that are not negative; one where both read alike."""
    first, last = money.whole_dollars(low), money.whole_dollars(high)
    return first if first == last else f"{first}{EN_DASH}{last.removeprefix('$')}"


def paid(change: Range) -> str:
    """`$310` to `$420 a month less`, `between $20 less and $45 more a month`, `as much as today`."""
    if change.low == change.high == 0:
        return _("as much as today")
    if change.high <= 0:
        return _("{dollars} a month less").format(dollars=dollars(-change.high, -change.low))
    if change.low >= 0:
        return _("{dollars} a month more").format(dollars=dollars(change.low, change.high))
    return _("between {saved} less and {spent} more a month").format(
        saved=money.whole_dollars(-change.low), spent=money.whole_dollars(change.high)
    )


def signed(change: Range) -> str:
    """With signs, for tables; `to` between both ends."""
    return between(_signed(change.low), _signed(change.high))


def between(first: str, last: str) -> str:
    """`first to last`; one where both read alike."""
    return first if first == last else ends(first, last)


def ends(first: str, last: str) -> str:
    """`first to last`."""
    return _("{first} to {last}").format(first=first, last=last)


def _signed(nano: int) -> str:
    sign = MINUS if nano < 0 else "+" if nano else ""
    return f"{sign}{money.whole_dollars(abs(nano))}"


def points(change: tuple[float, float]) -> str:
    """Of shares in [-1, 1], in percentage points with their signs."""
    first, last = (_points(one) for one in change)
    return glued(_("{number} points")).format(number=between(first, last))


def _points(value: float) -> str:
    rounded = round(100 * value, 1)
    return f"{MINUS if rounded < 0 else '+' if rounded else ''}{abs(rounded):.1f}"


def times_as(span: tuple[int, int]) -> str:
    """Thousandths as `0.80` to `1.25` with a dash between; `the same` where nothing is unsure."""
    if span == (1000, 1000):
        return _("the same")
    first, last = (f"{one / 1000:.2f}" for one in span)
    return first if first == last else f"{first}{EN_DASH}{last}"
