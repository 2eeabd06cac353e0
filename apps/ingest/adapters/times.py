"""Nanoseconds of spans as what requests carry."""

from datetime import UTC, datetime, timedelta

LONGEST_MS = 86_400_000.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(nanoseconds: int) -> float | None:
    """Null for what clocks that disagree made negative, and for what no request lasts."""
    value = nanoseconds / 1e6
    return value if 0 <= value <= LONGEST_MS else None


def time_of(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1_000)
