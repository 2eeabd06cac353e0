"""Whether anything is lost on the way in: the ledger of posts, models without a price, clocks, keys, work set aside, files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Window

from apps.dashboards.queries.posts import folded_labels
from apps.deployments.models import Deployment, IngestKey
from apps.ingest.models import Import
from apps.rollups.by_label import attempts_by
from apps.rollups.sums import Lack

SQL = Path(__file__).parent.parent / "sql"
_COUNTS = 9
"""Columns of what came, before those of clocks."""
DAYS = 7
MOST_SAMPLES = 30
MOST_KEYS = 50
MOST_ERRORS = 5
MOST_FILES = 10


@dataclass(frozen=True)
class Arrived:
    """Of one day and source; refused are posts (of files: none), the others items."""

    day: date
    source: str
    posts: int
    accepted: int
    duplicate: int
    conflict: int
    rejected: int
    refused: int
    latest: datetime


@dataclass(frozen=True)
class Reason:
    """`kind` is rejected (items), refused (whole posts) or warning (kept items)."""

    kind: str
    code: str
    number: int


@dataclass(frozen=True)
class Sample:
    """`number` is the place of the item in its post, from 0; in a file the row, from 1."""

    at: datetime
    source: str
    number: int
    code: str
    message: str


@dataclass(frozen=True)
class Unpriced:
    """Attempts of a model that would have cost something, and have no cost that is known; of `attempts` in all."""

    provider: str
    model: str
    unpriced: int
    attempts: int
    lacks: Lack


@dataclass(frozen=True)
class Pricing:
    """Of the days `first` to `last`, in UTC, both included, in every environment, as far as they are rolled up."""

    first: date
    last: date
    attempts: int
    models: tuple[Unpriced, ...]


@dataclass(frozen=True)
class Skew:
    """Milliseconds that were added to times, in posts that said when they were sent; None where no clock was wrong."""

    posts: int
    least_ms: int | None
    most_ms: int | None
    latest_ms: int | None
    latest_at: datetime | None


@dataclass(frozen=True)
class Aside:
    """Units of spans that could not be derived, and whether work for the whole deployment was given up."""

    units: int
    errors: tuple[str, ...]
    latest: datetime | None
    stopped: tuple[tuple[str, datetime], ...]
    """What no longer happens, and since when."""


@dataclass(frozen=True)
class Health:
    """Of `DAYS` days on the clock of `zone`, the last of them today; keys and what is set aside are as they are now."""

    since: datetime
    now: datetime
    zone: ZoneInfo
    arrived: tuple[Arrived, ...]
    reasons: tuple[Reason, ...]
    """At most 50, the most frequent."""
    samples: tuple[Sample, ...]
    folded: tuple[str, ...]
    """Kinds of labels of which there were too many to tell them apart."""
    pricing: Pricing
    skew: Skew
    keys: Sequence[IngestKey]
    """The first `MOST_KEYS`, those in use first."""
    all_keys: int
    aside: Aside
    files: Sequence[Import]
    """The latest `MOST_FILES`."""
    all_files: int

    @property
    def days(self) -> tuple[date, ...]:
        """Newest first, with or without posts."""
        today = self.now.astimezone(self.zone).date()
        return tuple(today - timedelta(days=n) for n in range(DAYS))


def health_of(deployment: Deployment, *, zone: ZoneInfo, now: datetime) -> Health:
    today = now.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), zone).astimezone(UTC)
    owner = {"organization": deployment.organization_id, "deployment": deployment.pk}
    values = {**owner, "since": since, "now": now, "zone": zone.key, "most": MOST_SAMPLES}
    arrived, skew = _arrived(values)
    reasons, samples = _not_taken(values)
    files = Import.objects.filter(
        organization_id=deployment.organization_id, deployment_id=deployment.pk, created_at__gte=since
    )
    shown = list(files.annotate(number=Window(Count("pk")))[:MOST_FILES])
    keys = _in_use_first(list(IngestKey.objects.filter(deployment=deployment)), now)
    return Health(
        since=since,
        now=now,
        zone=zone,
        arrived=arrived,
        reasons=reasons,
        samples=samples,
        folded=tuple(folded_labels(deployment, now=now)),
        pricing=_pricing(deployment, now),
        skew=skew,
        keys=keys[:MOST_KEYS],
        all_keys=len(keys),
        aside=_aside(owner),
        files=shown,
        all_files=shown[0].number if shown else 0,
    )


def _arrived(values: dict[str, Any]) -> tuple[tuple[Arrived, ...], Skew]:
    """What came, by day and source, and the clocks of all of them together."""
    rows = _rows("posts_by_day", values)
    told = [row[_COUNTS:] for row in rows if row[_COUNTS]]
    posts, least, most, at, latest = zip(*told, strict=True) if told else ((), (), (), (), (None,))
    skew = Skew(sum(posts), min(least, default=None), max(most, default=None), latest[0], max(at, default=None))
    return tuple(Arrived(*row[:_COUNTS]) for row in rows), skew


def _not_taken(values: dict[str, Any]) -> tuple[tuple[Reason, ...], tuple[Sample, ...]]:
    reasons, samples = [], []
    for _, kind, code, number, at, source, message in _rows("not_taken", values):
        if kind == "sample":
            samples.append(Sample(at, source, number, code, message))
        else:
            reasons.append(Reason(kind, code, number))
    return tuple(reasons), tuple(samples)


def _in_use_first(keys: list[IngestKey], now: datetime) -> list[IngestKey]:
    """And of these the last used."""
    never = datetime.min.replace(tzinfo=UTC)
    keys = sorted(keys, key=lambda key: key.last_used_at or never, reverse=True)
    return sorted(keys, key=lambda key: bool(key.revoked_at or (key.expires_at and key.expires_at <= now)))


def _pricing(deployment: Deployment, now: datetime) -> Pricing:
    last = now.astimezone(UTC).date()
    first = last - timedelta(days=DAYS - 1)
    found = attempts_by(
        "provider",
        "model",
        organization_id=deployment.organization_id,
        deployment_id=deployment.pk,
        start=first,
        end=last,
        environment=None,
    )
    models = [
        Unpriced(label[0], label[1], sums.unpriced, sums.attempts, sums.lacks)
        for label, sums in found.items()
        if sums.unpriced
    ]
    models.sort(key=lambda one: (-one.unpriced, one.provider, one.model))
    return Pricing(first, last, sum(sums.attempts for sums in found.values()), tuple(models))


def _aside(owner: dict[str, int]) -> Aside:
    ((units, errors, latest, *since),) = _rows("set_aside", owner)
    stopped = tuple((what, at) for what, at in zip(("derive", "rebuild"), since, strict=True) if at)
    return Aside(units, tuple(errors[:MOST_ERRORS]), latest, stopped)


def _rows(question: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute((SQL / f"{question}.sql").read_text(), values)
        return list(cursor.fetchall())
