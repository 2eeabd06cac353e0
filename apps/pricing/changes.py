"""From what holds of a model and what a list says of it now: from when on that is news, and whether it is believable. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from apps.pricing.book import RATES
from apps.pricing.price_row import PriceRow

FARTHEST = 3
"""A price beyond three times the one before, or below a third of it, waits for an operator; so does one of 0."""
NANO = 10**9


@dataclass(frozen=True)
class Change:
    """`doubt`: why nobody should believe it unseen; empty where everybody may."""

    in_force_from: datetime | None
    doubt: str


def first_of(said: Sequence[PriceRow]) -> Change:
    """A model nobody has named a price of before: what is said of it holds since ever, unless it costs nothing."""
    named = [rate for row in said for rate in _rates(row)]
    is_free = not any(named) and not any(row.other_units for row in said)
    return Change(None, "the first price of it is 0" if is_free else "")


def change(before: Sequence[PriceRow], said: Sequence[PriceRow], *, observed: datetime) -> Change | None:
    """None when nothing changes. A list says when a price begins, or is taken to have changed when it was seen.

    The past is not rewritten: what a list no longer tells of it, or tells otherwise without a date, stays as it was.
    """
    since = _since(before, said, observed)
    return None if since is None else Change(since, _doubt(before, said, since))


def _since(before: Sequence[PriceRow], said: Sequence[PriceRow], observed: datetime) -> datetime | None:
    if _at(before, observed) != _at(said, observed):
        declared = {row.effective_from for row in said if _holds(row, observed)} - {None}
        begun = max((start for start in declared if start is not None), default=None)
        return observed if begun is None or _at(before, begun) == _at(said, begun) else begun
    later = (start for start in _bounds([*before, *said]) if start > observed)
    return next((start for start in later if _at(before, start) != _at(said, start)), None)


def _bounds(rows: Iterable[PriceRow]) -> list[datetime]:
    return sorted({bound for row in rows for bound in (row.effective_from, row.effective_until) if bound is not None})


def _holds(row: PriceRow, instant: datetime) -> bool:
    return (row.effective_from is None or row.effective_from <= instant) and (
        row.effective_until is None or instant < row.effective_until
    )


_Place = tuple[time, int]


def _at(rows: Sequence[PriceRow], instant: datetime) -> dict[_Place, tuple[object, ...]]:
    """Everything that holds at an instant, by where it begins in the day and in the input."""
    return {
        (row.daily_from, row.input_from): (
            row.daily_until,
            row.input_until,
            *_rates(row),
            *sorted((unit, *rate) for unit, rate in row.other_units.items()),
        )
        for row in rows
        if _holds(row, instant)
    }


def _rates(row: PriceRow) -> list[int | None]:
    return [*(getattr(row, rate) for rate in RATES), row.request_nano]


def _doubt(before: Sequence[PriceRow], said: Sequence[PriceRow], since: datetime) -> str:
    """The first rate that lies too far from the one that it replaces, at any time from then on."""
    for instant in [since, *(bound for bound in _bounds([*before, *said]) if bound > since)]:
        for new in (row for row in said if _holds(row, instant)):
            old = _replaced(before, new, instant)
            found = _far(old, new) if old is not None else ""
            if found:
                return f"{found} from {instant.astimezone(UTC):%Y-%m-%d}"
    return ""


def _replaced(before: Sequence[PriceRow], new: PriceRow, instant: datetime) -> PriceRow | None:
    """What held in the same place: the same time of the day, and as much input."""
    return next(
        (
            row
            for row in before
            if _holds(row, instant)
            and row.daily_from <= new.daily_from
            and (row.daily_until is None or new.daily_from < row.daily_until)
            and row.input_from <= new.input_from
            and (row.input_until is None or new.input_from < row.input_until)
        ),
        None,
    )


def _far(old: PriceRow, new: PriceRow) -> str:
    for name, was, now in zip((*RATES, "request"), _rates(old), _rates(new), strict=True):
        if was and now is not None and not was <= FARTHEST * now <= FARTHEST**2 * was:
            unit = "a request" if name == "request" else "1M tokens"
            said = name.removesuffix("_nano_per_mtok").replace("_", " ")
            return f"{said} ${was / NANO:g} to ${now / NANO:g} for {unit}"
    return ""
