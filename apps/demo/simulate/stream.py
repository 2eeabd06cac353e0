"""A stretch of a deployment's time as NDJSON, ready to post."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct, json

from apps.demo.simulate import happen, report
from apps.demo.simulate.profile import Deployment
from apps.demo.simulate.truth import Happening

ENCODER = json.Encoder(decimal_format="number")


class Batch(Struct, frozen=True):
    """Up to the asked-for number of requests, one JSON object a line."""

    deployment: Deployment
    requests: int
    body: bytes


def happenings(
    *, deployment: Deployment, since: datetime, until: datetime, began: date, seed: int
) -> Iterator[list[Happening]]:
    """By day: what was received at or after `since` and had ended by `until` (what is still under way comes later)."""
    first, last = _microseconds(since), _microseconds(until)
    day = happen.day_of(since)
    while day <= happen.day_of(until):
        made = happen.on_day(deployment=deployment, day=day, began=began, seed=seed)
        yield [one for one in made if one.received_us >= first and one.end_us <= last]
        day += timedelta(days=1)


def batches(
    *, deployment: Deployment, since: datetime, until: datetime, began: date, seed: int, size: int = 10_000
) -> Iterator[Batch]:
    """The same stretch as the deployment's source reports it, in batches of at most `size` requests, in order."""
    waiting: list[report.Request] = []
    for made in happenings(deployment=deployment, since=since, until=until, began=began, seed=seed):
        waiting.extend(report.tell(deployment, one) for one in made)
        while len(waiting) >= size:
            yield _batch(deployment, waiting[:size])
            del waiting[:size]
    if waiting:
        yield _batch(deployment, waiting)


def _batch(deployment: Deployment, requests: list[report.Request]) -> Batch:
    return Batch(deployment, len(requests), ENCODER.encode_lines(requests))


def _microseconds(moment: datetime) -> int:
    return (moment.astimezone(UTC) - report.EPOCH) // timedelta(microseconds=1)
