"""Replaying a public trace file into an ingest endpoint, in the present."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from msgspec import json

from apps.demo import traces
from apps.demo.post import Poster, Tally
from apps.demo.progress import Progress
from apps.demo.simulate.report import Request

BATCH = 5_000
ENCODER = json.Encoder(decimal_format="number")
WITHOUT_TIMES = timedelta(hours=1)
"""Over which the rows of a file without times are spread evenly."""


@dataclass(frozen=True)
class Plan:
    """A file measured before it is sent: its rows, and the span of its own time."""

    path: Path
    name: str
    rows: int
    first_s: float
    span_s: float
    timed: bool

    def moments(self, *, until: datetime, compress: float) -> Iterator[tuple[traces.Row, datetime]]:
        """Each row with its new time: the distances kept (or divided by `compress`), the last one at `until`."""
        for number, row in enumerate(traces.read(self.path)):
            into = row.at_s - self.first_s if row.at_s is not None else self.span_s * (number + 1) / self.rows
            yield row, until - timedelta(seconds=(self.span_s - into) / compress)


def measure(path: Path) -> Plan:
    """Read the file once. Raises traces.UnknownFormatError; an empty file is one, too."""
    rows, first, last = 0, None, None
    for row in traces.read(path):
        rows += 1
        if row.at_s is not None:
            first = row.at_s if first is None else min(first, row.at_s)
            last = row.at_s if last is None else max(last, row.at_s)
    if not rows:
        raise traces.UnknownFormatError(f"{path} has no rows")
    timed = first is not None and last is not None
    span = (last or 0) - (first or 0) if timed else WITHOUT_TIMES.total_seconds()
    return Plan(path, traces.recognise(path).name, rows, first or 0, span, timed)


def replay(*, plan: Plan, poster: Poster, key: str, until: datetime, compress: float = 1.0) -> Tally:
    """Post the whole file as fast as the server takes it. Raises post.RefusedError or post.UnreachableError."""
    progress, tally = Progress(f"Replaying {plan.path.name}", total=plan.rows), Tally()
    name = _name(plan.path, until, compress)
    made = (
        row.request(request_id=f"{name}-{number}", received_at=moment)
        for number, (row, moment) in enumerate(plan.moments(until=until, compress=compress))
    )
    while batch := tuple(islice(made, BATCH)):
        _post(poster, batch, key, tally, progress)
    progress.finish()
    return tally


def replay_live(
    *,
    plan: Plan,
    poster: Poster,
    key: str,
    rate: float,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> Tally:
    """Post `rate` requests a second, each received at the moment it is sent, whatever the file's own distances."""
    progress, tally = Progress(f"Replaying {plan.path.name}", total=plan.rows), Tally()
    began = clock()
    name = _name(plan.path, began, rate)
    sent, rows = 0, traces.read(plan.path)
    while sent < plan.rows:
        due = min(plan.rows, sent + BATCH, int((clock() - began).total_seconds() * rate) + 1)
        if due <= sent:
            sleep(max(0.01, (sent + 1) / rate - (clock() - began).total_seconds()))
            continue
        batch = tuple(
            next(rows).request(request_id=f"{name}-{number}", received_at=began + timedelta(seconds=number / rate))
            for number in range(sent, due)
        )
        _post(poster, batch, key, tally, progress)
        sent = due
    progress.finish()
    return tally


def _post(poster: Poster, batch: tuple[Request, ...], key: str, tally: Tally, progress: Progress) -> None:
    tally.add(poster.post(ENCODER.encode_lines(batch), key=key))
    progress.advance(len(batch))


def _name(path: Path, moment: datetime, pace: float) -> str:
    """Of one replay: the same file at the same time and pace has the same request ids, and is stored once."""
    digest = hashlib.sha256(f"{path.name}\n{path.stat().st_size}\n{moment.isoformat()}\n{pace}".encode())
    return f"replay-{digest.hexdigest()[:12]}"
