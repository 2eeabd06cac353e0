"""Whether the worker keeps up: partitions made ahead, marks collected, nothing set aside."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings

from apps.operations import quarantine as set_aside
from apps.operations.doctor.finding import FAIL, OK, WARN, Finding, graded
from apps.rollups import backlog
from apps.traces.partitions import DAYS_AHEAD, days_ahead

FEW_DAYS = 3
WAITED_LONG, WAITED_TOO_LONG = timedelta(minutes=10), timedelta(hours=1)
MOST_MARKS = 10_000_000
NAMED = 5


def partitions(now: datetime) -> Iterator[Finding]:
    ahead = days_ahead(today=now.date())
    level = FAIL if ahead < 0 else WARN if ahead < FEW_DAYS else OK
    said = "today has none" if ahead < 0 else f"today and {ahead} of {DAYS_AHEAD} days ahead"
    yield graded("partitions", level, said, "Run `manage.py partitions`, and see that beat and a worker run.")


def marks(now: datetime) -> Iterator[Finding]:
    found = backlog.look(most=settings.INGEST_MOST_MARKS or MOST_MARKS)
    waited = now - found.oldest if found.oldest else timedelta()
    level = FAIL if waited > WAITED_TOO_LONG else WARN if waited > WAITED_LONG else OK
    if settings.INGEST_MOST_MARKS and found.marks >= settings.INGEST_MOST_MARKS:
        level = FAIL
    said = f"{found.marks:,} wait, the oldest for {waited.total_seconds():,.0f} s" if found.marks else "none waits"
    yield graded("marks", level, said, "See that beat and workers run; add workers when they do.")


def quarantine(_now: datetime) -> Iterator[Finding]:
    numbers = backlog.set_aside()
    number = numbers["rebuild"] + numbers["derive"]
    found = [f"{one.name} ({one.task})" for one in islice(set_aside.quarantined(), NAMED)]
    unnamed = number - len(found)
    named = ", ".join(
        [*found, *([f"{unnamed} that {'is' if unnamed == 1 else 'are'} not named here"] if unnamed else [])]
    )
    yield graded(
        "quarantine",
        FAIL if number else OK,
        named or "empty",
        "`manage.py quarantine` says why; once that is mended, `--release` has them tried again.",
    )
    units = numbers["unit"]
    yield graded(
        "spans",
        WARN if units else OK,
        f"{units} units could not be derived" if units else "all derived",
        "The log names the error. Their facts are kept, and new spans of a unit have it tried again.",
    )
