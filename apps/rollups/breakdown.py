"""A window taken apart, by one label or over time, in the same parts as the whole. All need an open organization."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from apps.rollups.by_label import requests_by_stretch
from apps.rollups.by_tag import TagKeys, keys_and_requests_by_tag, requests_by_tag
from apps.rollups.parts import Declared, Part, own_parts, parts_of_requests
from apps.rollups.queries import PRODUCTION
from apps.rollups.sums import AttemptSums, RequestSums
from apps.rollups.totals import Totals, add

Dimension = Literal["provider", "model", "task", "route", "environment"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
By = Literal[Dimension, "tag"]
"""A label of requests, or a tag, of which a key has to be named too."""
TAG: By = "tag"
Step = Literal["day", "week"]


@dataclass(frozen=True)
class Slice:
    """Requests with one label; None: they told none. Providers and models are those that were asked first.

    Maintenance is of the deployment, not of some of its requests, and is no part of a slice.
    """

    label: str | None
    sums: RequestSums
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Stretch:
    """Some days on end, both included, with all five parts."""

    first: date
    last: date
    sums: RequestSums
    parts: tuple[Part, ...]


def breakdown(
    dimension: Dimension,
    *,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
    declared: Sequence[Declared],
) -> list[Slice]:
    """The dearest first. Slices add up to the whole but for rounding, since each request has one label of a kind."""
    found = requests_by_stretch(
        dimension,
        organization_id=organization_id,
        deployment_id=deployment_id,
        since=_since([start], declared, end),
        end=end,
        environment=environment,
    )
    return sliced({None if label is None else str(label): days for label, days in found.items()}, declared)


def sliced(found: Mapping[str | None, Mapping[date, RequestSums]], declared: Sequence[Declared]) -> list[Slice]:
    """Of what was read by label, apart for each stretch of days in which one declaration is in force."""
    return _dearest_first([_slice(label, days, declared) for label, days in found.items()])


def is_one_stretch(start: date, end: date, declared: Sequence[Declared]) -> bool:
    """Whether one declaration is in force all along, or none."""
    return len(_since([start], declared, end)) == 1


def breakdown_by_tag(
    key: str,
    *,
    organization_id: int,
    deployment_id: int,
    start: date,
    end: date,
    environment: str | None = PRODUCTION,
    declared: Sequence[Declared],
) -> tuple[list[Slice], TagKeys]:
    """By the values of a tag's key, the dearest first, and the keys there are; without a key, by the dearest of them.
    Sums are those of TAG_SUMS alone, and add up to the whole."""
    keys, found = keys_and_requests_by_tag(
        key,
        organization_id=organization_id,
        deployment_id=deployment_id,
        since=_since([start], declared, end),
        end=end,
        environment=environment,
    )
    return _within(found, start, end, declared), keys


def chargeback(
    key: str,
    *,
    organization_id: int,
    deployment_ids: Collection[int],
    starts: Sequence[date],
    end: date,
    environment: str | None = PRODUCTION,
    declared: Mapping[int, Sequence[Declared]],
) -> dict[int, dict[date, list[Slice]]]:
    """By deployment and the values of a tag's key, apart for stretches of days that begin at `starts`, such as months; those
    without requests are absent. One statement."""
    found = requests_by_tag(
        key,
        organization_id=organization_id,
        since={one: _since(starts, declared.get(one, []), end) for one in deployment_ids},
        end=end,
        environment=environment,
    )
    ends = [*(later - timedelta(days=1) for later in starts[1:]), end]
    return {
        one: {
            first: slices
            for first, last in zip(starts, ends, strict=True)
            if (slices := _within(by_tag, first, last, declared.get(one, [])))
        }
        for one, by_tag in found.items()
    }


def _within(
    found: Mapping[str | None, Mapping[date, RequestSums]], first: date, last: date, declared: Sequence[Declared]
) -> list[Slice]:
    cut = {label: {day: sums for day, sums in days.items() if first <= day <= last} for label, days in found.items()}
    return _dearest_first([_slice(label, days, declared) for label, days in cut.items() if days])


def _since(starts: Sequence[date], declared: Sequence[Declared], end: date) -> list[date]:
    """The first days of stretches in which one declaration is in force."""
    return sorted({*starts, *(one.effective_from for one in declared if starts[0] < one.effective_from <= end)})


def _dearest_first(slices: Sequence[Slice]) -> list[Slice]:
    return sorted(slices, key=lambda one: (-one.sums.billed_nano, -one.sums.requests, one.label or ""))


def over_time(
    days: Mapping[date, RequestSums], declared: Sequence[Declared], *, start: date, end: date, step: Step
) -> list[Stretch]:
    """Every day or ISO week of the window, those without requests too; the first and the last week may be cut."""
    return [_stretch(first, last, days, declared) for first, last in stretches(start, end, step)]


def stretches(start: date, end: date, step: Step) -> Iterator[tuple[date, date]]:
    first = start
    while first <= end:
        last = first if step == "day" else min(end, first + timedelta(days=6 - first.weekday()))
        yield first, last
        first = last + timedelta(days=1)


def merge(slices: Sequence[Slice]) -> Slice:
    """Several as one; a part is null only where it is null in all of them, and its coverage is told by none."""
    parts = tuple(_merged(some) for some in zip(*(one.parts for one in slices), strict=True))
    return Slice(None, add(one.sums for one in slices), parts)


def _merged(parts: Sequence[Part]) -> Part:
    known = [part.nano for part in parts if part.nano is not None]
    return Part(
        parts[0].name,
        sum(known) if known else None,
        None,
        at_least=any(part.at_least for part in parts),
        declared=parts[0].declared,
    )


def _slice(label: str | None, days: Mapping[date, RequestSums], declared: Sequence[Declared]) -> Slice:
    sums = add(days.values())
    return Slice(label, sums, parts_of_requests(sums, days, declared))


def _stretch(first: date, last: date, days: Mapping[date, RequestSums], declared: Sequence[Declared]) -> Stretch:
    within = {day: sums for day, sums in days.items() if first <= day <= last}
    sums = add(within.values())
    return Stretch(first, last, sums, own_parts(_totals(first, last, sums), within, declared))


def _totals(start: date, end: date, sums: RequestSums) -> Totals:
    return Totals(
        start=start, end=end, environment=None, active_days=0, by_completeness={"": sums}, attempts=AttemptSums()
    )
