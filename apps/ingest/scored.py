"""Scores from the store, and what is to be derived again because one came; under the walls, as the worker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from django.db import connection

from apps.ingest.adapters import kept
from apps.ingest.derive import SCORE, Subject, Unit, units_of
from apps.ingest.questions import place, sql
from apps.ingest.resolve import Owner
from apps.ingest.spans import Score, SpanFact
from apps.ingest.stored_facts import MOST_FACTS, Stale

WEEK = timedelta(days=7)
"""How long after its answer a score that names a span may come; one that names only the answer's id within a day."""


def with_scored(stale: Sequence[Stale], owner: Owner) -> list[Stale]:
    """Instead of marks for scores, the units that they are of; each unit once."""
    found: dict[str, Stale] = {}
    for one in (*(s for s in stale if not s.unit.key.startswith(SCORE)), *_of_subjects(stale, owner)):
        known = found.get(one.unit.key, one)
        found[one.unit.key] = Stale(one.unit, min(one.first, known.first), max(one.last, known.last), known.marks)
    return list(found.values())


def _of_subjects(stale: Sequence[Stale], owner: Owner) -> list[Stale]:
    traces: dict[str, Stale] = {}
    answers: dict[str, Stale] = {}
    for one in stale:
        subject = Subject(one.unit.key)
        if subject.trace is not None:
            traces[subject.trace] = one
        elif subject.answer is not None:
            answers[subject.answer] = one
    units = _of_traces(traces, owner) if traces else []
    units += _of_answers(answers, owner) if answers else []
    return [Stale(Unit(key), day, day, ()) for key, day in units]


def _of_traces(traces: Mapping[str, Stale], owner: Owner) -> list[tuple[str, date]]:
    values = {"days": _days(traces.values(), WEEK), "traces": list(traces), "most": MOST_FACTS}
    return [
        (unit.key, day)
        for trace_id, lane, started_ns in _ask("spans_of_scored", owner, values)
        for unit, day in units_of(_place(trace_id, lane, started_ns))
    ]


def _place(trace_id: str, lane: str | None, started_ns: int) -> SpanFact:
    return SpanFact(trace_id, "", None, "", "other", 0, started_ns, None, 0, lane=lane)


def _of_answers(answers: Mapping[str, Stale], owner: Owner) -> list[tuple[str, date]]:
    values = {"days": _days(answers.values(), timedelta(days=1)), "answers": list(answers)}
    return [(key, day) for key, day in _ask("requests_of_answers", owner, values)]


def _days(marked: Iterable[Stale], before: timedelta) -> list[date]:
    found: set[date] = set()
    for one in marked:
        begin = one.first - before
        found |= {begin + timedelta(days=n) for n in range((one.last - begin).days + 2)}
    return sorted(found)


def scores_of(facts: Mapping[str, Sequence[SpanFact]], owner: Owner) -> dict[str, list[Score]]:
    """By unit: those that name one of its traces, or an answer that one of its spans tells of."""
    units: dict[str, set[str]] = defaultdict(set)
    for key, spans in facts.items():
        for span in spans:
            units[span.trace_id].add(key)
            if (answer := span.attributes.get(kept.RESPONSE_ID)) is not None:
                units[answer].add(key)
    named = sorted(units)
    values = {"traces": named, "answers": named, "most": MOST_FACTS}
    found: dict[str, list[Score]] = defaultdict(list)
    for row in _ask("scores_of", owner, values) if named and _ask("any_score", owner, {}) else []:
        names = ("trace_id", "span_id", "response_id", "name", "value", "at_ns")
        score = msgspec.convert(dict(zip(names, row, strict=True)), Score)
        for key in units.get(score.trace_id or "", set()) | units.get(score.response_id or "", set()):
            found[key].append(score)
    return found


def _ask(question: str, owner: Owner, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql(question), {**place(owner), **values})
        return list(cursor.fetchall())
