"""Values of a row, whatever its file made of them: text in CSV, typed in JSON and Parquet. Absent and empty are null.

A value that cannot be a measurement rejects its row with the name of the field, and never with the value.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from apps.ingest.adapters.allowed import class_name, label
from apps.ingest.refusals import ItemError

Row = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = frozenset({"", "none", "null", "nan", "n/a", "\\n"})
_TRUE, _FALSE = frozenset({"true", "t", "1", "yes"}), frozenset({"false", "f", "0", "no"})
_LARGEST_EPOCH_S = 1e11
"""Seconds until the year 5138; what is larger counts milliseconds, microseconds or nanoseconds."""
MAX_JSON = 1 << 20


def given(row: Row, *names: str) -> Any:
    """The first of these fields that says something."""
    for name in names:
        value = row.get(name)
        if value is not None and not (isinstance(value, str) and value.strip().lower() in _NOTHING):
            return value
    return None


def text(row: Row, *names: str) -> str | None:
    value = given(row, *names)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return label("", str(value).strip())


def error_class(row: Row, *names: str) -> str | None:
    return class_name("", given(row, *names))


def whole(row: Row, *names: str) -> int | None:
    """A count. Raises ItemError for what is none."""
    value = number(row, *names)
    if value is None:
        return None
    if value != int(value):
        raise ItemError("invalid_type", f"{_named(row, names)}: it counts something, so it is a whole number.")
    return int(value)


def number(row: Row, *names: str) -> float | None:
    value = given(row, *names)
    if value is None:
        return None
    try:
        found = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        raise ItemError("invalid_type", f"{_named(row, names)}: it is not a number.") from None
    if not math.isfinite(found):
        raise ItemError("out_of_range", f"{_named(row, names)}: it is not a finite number.")
    if found < 0:
        raise ItemError("negative_value", f"{_named(row, names)}: it is negative.")
    return found


def money(row: Row, *names: str) -> Decimal | None:
    """Nothing is what a call of unknown cost says, so 0 is not known; `accept` bounds the rest."""
    value = given(row, *names)
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except InvalidOperation:
        raise ItemError("invalid_type", f"{_named(row, names)}: it is not an amount.") from None
    return None if found == 0 else found


def flag(row: Row, *names: str) -> bool | None:
    value = given(row, *names)
    said = str(value).strip().lower()
    return True if said in _TRUE else False if said in _FALSE else None


def status(row: Row, *names: str) -> int | None:
    value = given(row, *names)
    try:
        found = int(float(value)) if value is not None else 0
    except (TypeError, ValueError, OverflowError):
        return None
    return found if 100 <= found <= 599 else None


def moment(row: Row, *names: str) -> datetime:
    """A time with a zone; without one it is UTC. Raises ItemError when there is none."""
    value = given(row, *names)
    if value is None:
        raise ItemError("missing_field", f"{names[0]}: without a time the row belongs nowhere.")
    found = _moment(value)
    if found is None:
        raise ItemError("invalid_time", f"{_named(row, names)}: write it as 2026-11-24T08:00:00Z, or as Unix time.")
    return found


def perhaps(row: Row, *names: str) -> datetime | None:
    """A time where there is a readable one."""
    value = given(row, *names)
    return None if value is None else _moment(value)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    said = str(value).strip()
    try:
        return _from_epoch(float(said))
    except (ValueError, OverflowError):
        pass
    try:
        found = datetime.fromisoformat(said.removesuffix(" UTC"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _from_epoch(seconds: float) -> datetime | None:
    if not math.isfinite(seconds) or seconds <= 0:
        return None
    for _ in range(3):
        if seconds > _LARGEST_EPOCH_S:
            seconds /= 1_000
    if seconds > _LARGEST_EPOCH_S:
        return None
    return _EPOCH + timedelta(microseconds=round(seconds * 1e6))


def inner(row: Row, *names: str) -> dict[str, Any]:
    """An object inside the row, or its JSON; empty where there is none, or one too large to be only labels."""
    value = given(row, *names)
    if isinstance(value, str) and value.lstrip().startswith("{") and len(value) <= MAX_JSON:
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def items(row: Row, *names: str) -> Iterator[Any]:
    """Of a list inside the row, or of its JSON."""
    value = given(row, *names)
    if isinstance(value, str) and value.lstrip().startswith("[") and len(value) <= MAX_JSON:
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return
    if isinstance(value, list):
        yield from value


def after(begin: datetime, end: datetime | None) -> float | None:
    """Milliseconds; null where clocks disagree."""
    if end is None or end < begin:
        return None
    return (end - begin) / timedelta(milliseconds=1)


def _named(row: Row, names: tuple[str, ...]) -> str:
    return next((name for name in names if given(row, name) is not None), names[0])
