"""Which request a score is of. What is not found yet is looked for again, ever more rarely, for a week.

Nothing on the way in keeps an index for this: scores are few beside requests, and are looked for many at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from apps.ingest.derived import Identity
from apps.ingest.models import Score
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner
from apps.ingest.scores import evidence
from apps.organizations import access
from apps.traces.models import StaleHour

AT_ONCE = 5_000
LOOKED_AGAIN = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3_600, 6 * 3_600, 86_400, 2 * 86_400, 4 * 86_400)
)
"""After the first, the second ... time in vain; then it is given up."""
DAYS_BACK = {"request": 35, "response": 8, "trace": 35, "span": 35}
"""From when it was scored, where its sender does not say when its request was."""


@dataclass(frozen=True)
class Wanted:
    id: int
    kind: str
    target: str
    first: date
    last: date
    answer: str | None = None


def waiting(now: datetime) -> list[tuple[int, int]]:
    """(organization id, deployment id) of every deployment with a score to look for; as the worker."""
    due = Score.objects.filter(due_at__lte=now).order_by()
    return list(due.values_list("organization_id", "deployment_id").distinct())


def join(*, organization_id: int, deployment_id: int, now: datetime) -> int:
    """How many scores found their request."""
    owner = Owner(organization_id, deployment_id)
    with access.scope(organization_id):
        due = Score.objects.select_for_update(skip_locked=True).filter(**owner._asdict(), due_at__lte=now)
        scores = {score.pk: score for score in due.order_by("due_at", "pk")[:AT_ONCE]}
        found = find([_wanted(score) for score in scores.values()], owner)
        for pk, score in scores.items():
            _note(score, found.get(pk), now)
        Score.objects.bulk_update(scores.values(), ["day", "request_id", "looked", "due_at"], batch_size=1_000)
        hours = {
            at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            for at in evidence.settle(sorted(set(found.values())), owner)
        }
        StaleHour.objects.bulk_create(StaleHour(**owner._asdict(), hour=hour, marked_at=now) for hour in sorted(hours))
    return len(found)


def find(wanted: Sequence[Wanted], owner: Owner) -> dict[int, Identity]:
    """By the id of the score; those whose request is not known, or not clear, are missing."""
    found: dict[int, Identity] = {}
    for kind, question in (("request", "scored_by_request"), ("response", "scored_by_response")):
        found |= _ask(question, [one for one in wanted if one.kind == kind], owner)
    calls = [one for one in wanted if one.kind == "request" and one.id not in found]
    found |= _only(_asked("scored_by_call", calls, owner))
    traces = [one for one in wanted if one.kind == "trace"]
    found |= _only(_asked("scored_by_trace", traces, owner))
    found |= _by_span([one for one in wanted if one.kind == "span"], owner)
    answers = [replace(one, target=one.answer) for one in wanted if one.answer is not None and one.id not in found]
    return found | _ask("scored_by_response", answers, owner)


def _wanted(score: Score) -> Wanted:
    day = score.near.astimezone(UTC).date()
    back = 1 if score.near_said else DAYS_BACK[score.kind]
    return Wanted(score.pk, score.kind, score.target, day - timedelta(days=back), day + timedelta(days=1), score.answer)


def _note(score: Score, identity: Identity | None, now: datetime) -> None:
    if identity is not None:
        score.day, score.request_id = identity
        score.due_at = None
        return
    score.due_at = now + LOOKED_AGAIN[score.looked] if score.looked < len(LOOKED_AGAIN) else None
    score.looked += 1


def _ask(question: str, wanted: Sequence[Wanted], owner: Owner) -> dict[int, Identity]:
    """Of several with one name the latest."""
    return {score_id: (day, request_id) for score_id, day, request_id in _asked(question, wanted, owner)}


def _only(rows: Iterable[tuple[int, date, str]]) -> dict[int, Identity]:
    """Where a name leads to several requests, it is not clear which is meant."""
    by_score: dict[int, set[Identity]] = defaultdict(set)
    for score_id, day, request_id in rows:
        by_score[score_id].add((day, request_id))
    return {score_id: next(iter(some)) for score_id, some in by_score.items() if len(some) == 1}


def _asked(question: str, wanted: Sequence[Wanted], owner: Owner) -> list[tuple[int, date, str]]:
    if not wanted:
        return []
    values: dict[str, Any] = {
        **place(owner),
        "scores": [one.id for one in wanted],
        "targets": [one.target for one in wanted],
        "firsts": [one.first for one in wanted],
        "lasts": [one.last for one in wanted],
        "first": min(one.first for one in wanted),
        "last": max(one.last for one in wanted),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql(question), values)
        return [(score_id, day, request_id) for score_id, day, request_id in cursor.fetchall()]


def _by_span(wanted: Sequence[Wanted], owner: Owner) -> dict[int, Identity]:
    """A request derived from spans is named after one of them. The scored span is that one, lies below it, or above it."""
    of_trace = [Wanted(one.id, one.kind, one.target.partition(":")[0], one.first, one.last) for one in wanted]
    by_score: dict[int, list[Identity]] = defaultdict(list)
    for score_id, day, request_id in _asked("scored_by_trace", of_trace, owner):
        by_score[score_id].append((day, request_id))
    parents = _parents([one for one in of_trace if len(by_score[one.id]) > 1], owner)
    found: dict[int, Identity] = {}
    for one in wanted:
        trace, _, span = one.target.partition(":")
        some = by_score[one.id]
        chosen = some if len(some) == 1 else _near(span, some, parents.get(trace, {}))
        if len(chosen) == 1:
            found[one.id] = chosen[0]
    alone = [one for one in wanted if not by_score[one.id]]
    return found | _only(_asked("scored_by_lone_span", alone, owner))


def _near(span: str, some: Sequence[Identity], parents: Mapping[str, str | None]) -> list[Identity]:
    anchors = {request_id.rpartition(":")[2]: (day, request_id) for day, request_id in some}
    for above in _line(span, parents):
        if above in anchors:
            return [anchors[above]]
    return [identity for anchor, identity in anchors.items() if span in _line(anchor, parents)]


def _line(span: str, parents: Mapping[str, str | None]) -> list[str]:
    """The span and those above it."""
    line = [span]
    while (above := parents.get(line[-1])) is not None and above not in line:
        line.append(above)
    return line


def _parents(wanted: Sequence[Wanted], owner: Owner) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(
                sql("parents_of_spans"),
                {
                    **place(owner),
                    "traces": sorted({one.target for one in wanted}),
                    "first": min(one.first for one in wanted),
                    "last": max(one.last for one in wanted),
                },
            )
            for trace, span, parent in cursor.fetchall():
                found[trace][span] = parent
    return found
