"""Requests of a deployment with their attempts, the newest first, a page at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop
from psycopg import sql
from psycopg.types.json import Jsonb

from apps.costing.causes import OK
from apps.dashboards.queries.called import called, in_words
from apps.deployments.create import FIRST_DAY
from apps.deployments.labels import Labels
from apps.deployments.models import Assumptions, Deployment
from apps.deployments.relabel import labels_of
from apps.rollups.one import Figures, figures
from apps.rollups.within import RowKey
from apps.traces.models import Attempt, Request

SQL = (Path(__file__).parents[1] / "sql" / "requests_page.sql").read_text()
DEFAULT_REACH = timedelta(days=28)
LONGEST_REACH = timedelta(days=400)
BOUND = 20_000
"""Requests that one page looks through at most; then it says how far it came."""
BOUND_OF_ATTEMPTS = 4_000
"""The same where the attempts of each have to be looked at."""
MOST_APPRAISED = 1_000
"""Of these, the most whose figures are computed to look for a cost, a wait or a cause."""
MOST_TAG_SPLITS = 8
ANY = "any"
"""In the place of a cause: whichever it was."""
RETRIED, FALLBACK = "retried", "fallback"
"""More than one attempt; an answer from another model or provider than planned."""


class Unanswerable(Exception):
    """A window that cannot be looked at; `field` names what to change, and `text` says it, with `values` in it."""

    def __init__(self, field: str, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.field, self.text, self.values = field, text, values


@dataclass(frozen=True)
class Key:
    """Where a page ended: the place of its last request in the order of the list."""

    received_at: datetime
    request_id: str


@dataclass(frozen=True)
class Asked:
    """What is wanted: `since` included, `until` not; None = any. What is unknown of a request is at least nothing."""

    since: datetime
    until: datetime
    environment: str | None = None
    outcome: str | None = None
    task: str | None = None
    route: str | None = None
    completeness: str | None = None
    tag: str | None = None
    """`key`, or `key:value`."""
    model: str | None = None
    provider: str | None = None
    cause: str | None = None
    """Of any failed attempt, or ANY."""
    again: str | None = None
    """RETRIED or FALLBACK."""
    min_cost_nano: int | None = None
    min_wait_us: int | None = None
    """Retry delay and routing overhead, as far as measured."""
    after: Key | None = None
    limit: int = 50

    @property
    def bound(self) -> int:
        by_attempt = any(one is not None for one in (self.cause, self.model, self.provider))
        return BOUND_OF_ATTEMPTS if by_attempt else BOUND

    @property
    def chooses(self) -> bool:
        """Whether the rows that are looked through are filtered where they lie: by anything but when, how many, and figures."""
        others = replace(self, min_cost_nano=None, min_wait_us=None, after=None, limit=Asked.limit)
        return others != Asked(self.since, self.until)

    @property
    def needs_figures(self) -> bool:
        told = any(one is not None for one in (self.cause, self.min_cost_nano, self.min_wait_us))
        return told or self.again == FALLBACK


@dataclass(frozen=True)
class WithAttempts:
    """`figures` are null where they were not asked for."""

    request: Request
    attempts: tuple[Attempt, ...]
    figures: Figures | None = None
    task: str | None = None
    route: str | None = None
    """As they are to be read; `request` has them as they were sent."""


@dataclass(frozen=True)
class PageOfRequests:
    rows: tuple[WithAttempts, ...]
    following: Key | None
    """Where the next page begins; None on the last one."""
    looked_down_to: datetime | None = None
    """Where the looking ended before the page was full; None when it was full, or everything was looked at."""


@dataclass(frozen=True)
class Listed:
    """Which requests a page holds, before anything else of them is read; `following` and `looked_down_to` as of a page."""

    keys: tuple[RowKey, ...]
    following: Key | None
    looked_down_to: datetime | None
    known: Mapping[RowKey, Figures]
    """Figures that were computed to look for them, if any."""


@dataclass(frozen=True)
class _Found:
    keys: tuple[tuple[date, Key], ...]
    ended: Key | None
    """Where the looking ended before everything was seen."""


def reach(since: datetime | None, until: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """The window that is meant: the last 28 days unless something else is said. Raises Unanswerable."""
    until = now + timedelta(days=1) if until is None else until
    if until.date() < FIRST_DAY:
        raise Unanswerable("until", gettext_noop("Choose a time from {day} on."), day=FIRST_DAY)
    since = until - timedelta(days=1) - DEFAULT_REACH if since is None else since
    if since >= until:
        raise Unanswerable("since", gettext_noop("Choose a time before {end}."), end="`until`")
    if until - since > LONGEST_REACH:
        raise Unanswerable("since", gettext_noop("Ask for at most {days} days at a time."), days=LONGEST_REACH.days)
    return since, until


def requests(
    deployment: Deployment,
    asked: Asked,
    *,
    with_figures: bool = False,
    assumptions: Sequence[Assumptions] | None = None,
) -> PageOfRequests:
    """Bounded by days, which prunes partitions; pages follow a key, so that a late one costs as little as the first.

    `assumptions`: all of the deployment's, if already read.
    """
    labels = labels_of(deployment.pk)
    found = listed(deployment, asked, labels, assumptions)
    rows = rows_of(
        deployment,
        found.keys,
        labels=labels,
        assumptions=assumptions,
        known=found.known,
        with_figures=with_figures or asked.needs_figures,
    )
    return PageOfRequests(rows, found.following, found.looked_down_to)


def listed(
    deployment: Deployment,
    asked: Asked,
    labels: Labels | None = None,
    assumptions: Sequence[Assumptions] | None = None,
) -> Listed:
    """A page's requests by name alone, so that a long one can be read piece by piece. `labels`, `assumptions`: if already
    read."""
    labels = labels_of(deployment.pk) if labels is None else labels
    most = MOST_APPRAISED if asked.needs_figures else asked.limit + 1
    found = _look(deployment, asked, most, labels)
    known: Mapping[RowKey, Figures] = {}
    keys = found.keys
    if asked.needs_figures:
        known = figures(deployment, [(day, key.request_id) for day, key in keys], labels, assumptions)
        keys = tuple(one for one in keys if _matches(asked, known.get((one[0], one[1].request_id))))
    shown = keys[: asked.limit]
    full = len(keys) > asked.limit
    following = shown[-1][1] if full else found.ended
    names = tuple((day, key.request_id) for day, key in shown)
    return Listed(names, following, None if full or following is None else following.received_at, known)


def rows_of(
    deployment: Deployment,
    keys: Sequence[RowKey],
    *,
    labels: Labels | None = None,
    assumptions: Sequence[Assumptions] | None = None,
    known: Mapping[RowKey, Figures] | None = None,
    with_figures: bool = False,
) -> tuple[WithAttempts, ...]:
    """These requests in this order; those that are gone are left out. `known` figures are not computed again."""
    labels = labels_of(deployment.pk) if labels is None else labels
    told = known or (figures(deployment, keys, labels, assumptions) if with_figures else {})
    return _with_attempts(deployment, keys, told, labels)


def request(
    deployment: Deployment, day: date, request_id: str, *, assumptions: Sequence[Assumptions] | None = None
) -> WithAttempts | None:
    """One request with its figures; None where there is none of this id on this (UTC) day."""
    key, labels = (day, request_id), labels_of(deployment.pk)
    found = _with_attempts(deployment, [key], figures(deployment, [key], labels, assumptions), labels)
    return found[0] if found else None


def _look(deployment: Deployment, asked: Asked, most: int, labels: Labels) -> _Found:
    words = in_words(labels)
    statement = sql.SQL(SQL).format(route=words.route, merged_task=words.merged_task, task=words.task)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**_parameters(deployment, asked, most), **words.values})
        rows = cursor.fetchall()
    keys = tuple((day, Key(at, request_id)) for day, request_id, at, *_ in rows if day is not None)
    if len(keys) == most:
        return _Found(keys, keys[-1][1])
    if rows and rows[0][5] == asked.bound:
        return _Found(keys, Key(rows[0][3], rows[0][4]))
    return _Found(keys, None)


def _parameters(deployment: Deployment, asked: Asked, most: int) -> dict[str, Any]:
    newest = min(asked.until, asked.after.received_at) if asked.after else asked.until
    return {
        "organization": deployment.organization_id,
        "deployment": deployment.pk,
        "first_day": asked.since.astimezone(UTC).date(),
        "last_day": newest.astimezone(UTC).date(),
        "since": asked.since,
        "until": asked.until,
        "newest": newest,
        "after_id": asked.after.request_id if asked.after and newest == asked.after.received_at else None,
        "bound": asked.bound if asked.chooses else min(asked.bound, most),
        "most": most,
        "with_failure": asked.cause is not None,
        "again": asked.again is not None,
        **{
            name: getattr(asked, name)
            for name in ("environment", "outcome", "task", "route", "completeness", "model", "provider")
        },
        **_tag(asked.tag),
    }


def _tag(text: str | None) -> dict[str, Any]:
    """A key may hold a colon itself, so every place of one is tried."""
    if text is None or ":" not in text:
        return {"tags": None, "tag_key": text}
    pieces = text.split(":")
    splits = range(1, min(len(pieces), MOST_TAG_SPLITS + 1))
    return {"tags": [Jsonb({":".join(pieces[:n]): ":".join(pieces[n:])}) for n in splits], "tag_key": None}


def _matches(asked: Asked, found: Figures | None) -> bool:
    if found is None:
        return False
    cost, wait = found.request["billed_nano"], found.request["added_us"]
    return (
        (asked.cause is None or any(_failed_by(asked.cause, one["cause"]) for one in found.attempts))
        and (asked.again != FALLBACK or bool(found.request["fallback"]))
        and (asked.min_cost_nano is None or (cost is not None and cost >= asked.min_cost_nano))
        and (asked.min_wait_us is None or wait >= asked.min_wait_us)
    )


def _failed_by(asked: str, cause: str) -> bool:
    return cause == asked or (asked == ANY and cause != OK)


def _with_attempts(
    deployment: Deployment, keys: Sequence[RowKey], known: Mapping[RowKey, Figures], labels: Labels
) -> tuple[WithAttempts, ...]:
    if not keys:
        return ()
    place = {
        "organization_id": deployment.organization_id,
        "deployment_id": deployment.pk,
        "day__in": {day for day, _ in keys},
        "request_id__in": [request_id for _, request_id in keys],
    }
    stored = {(one.day, one.request_id): one for one in Request.objects.filter(**place)}
    attempts: dict[RowKey, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.filter(**place).order_by("n"):
        attempts[attempt.day, attempt.request_id].append(attempt)
    there = [key for key in keys if key in stored]
    first = [next((one for one in attempts[key] if one.n == 0), None) for key in there]
    named = called([stored[key] for key in there], first, labels)
    return tuple(
        WithAttempts(stored[key], tuple(attempts[key]), known.get(key), *names)
        for key, names in zip(there, named, strict=True)
    )
