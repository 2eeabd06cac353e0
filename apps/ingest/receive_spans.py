"""One transaction for an OTLP post: span facts, marks of the units they belong to, and the ledger."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.db import connections

from apps.ingest import copying, ledger
from apps.ingest.derive import units_of
from apps.ingest.ledger import Counts, Post
from apps.ingest.questions import sql
from apps.ingest.receive import in_one_transaction
from apps.ingest.refusals import Rejection
from apps.ingest.resolve import Owner
from apps.ingest.spans import SpanFact

COLUMNS: copying.Columns = (
    ("organization_id", "int8"),
    ("deployment_id", "int8"),
    ("day", "date"),
    ("trace_id", "text"),
    ("span_id", "text"),
    ("parent_span_id", "text"),
    ("dialect", "text"),
    ("role", "text"),
    ("kind", "int2"),
    ("started_ns", "int8"),
    ("ended_ns", "int8"),
    ("status_code", "int2"),
    # On the wire jsonb is one byte and the text, which spares the driver's encoder.
    ("attributes", "bytea"),
    ("events", "bytea"),
    ("ingested_at", "timestamptz"),
    ("lane", "text"),
)
_NOTHING, _NONE = b"\x01{}", b"\x01[]"
_encode = msgspec.json.Encoder().encode

Days = dict[date, list[SpanFact]]


def receive_spans(
    *,
    post: Post,
    spans: Sequence[SpanFact],
    rejected: Sequence[Rejection],
    within: Callable[[Sequence[SpanFact]], None] | None = None,
) -> Counts:
    """Store what is new; a span that comes again is a duplicate, whatever it says, as exporters resend whole posts.

    `within` is called with what is stored, in its transaction.
    """
    days, repeated = _once_each(spans)

    def store(again: bool) -> Counts:
        new = _not_yet_stored(post, days) if again else days
        for day, facts in new.items():
            rows = [row_of(post.owner, day, fact, post.received_at) for fact in facts]
            copying.copy("traces_span", COLUMNS, rows, day=day)
        _mark_units(post, new)
        if within is not None:
            within([fact for facts in new.values() for fact in facts])
        accepted = sum(map(len, new.values()))
        counts = Counts(accepted=accepted, duplicate=repeated + sum(map(len, days.values())) - accepted)
        ledger.enter(post, counts, rejected)
        return counts

    return in_one_transaction(post, store, days=list(days))


def _once_each(spans: Sequence[SpanFact]) -> tuple[Days, int]:
    first: dict[tuple[date, str, str], SpanFact] = {}
    for fact in spans:
        day = datetime.fromtimestamp(fact.started_ns // 1_000_000_000, UTC).date()
        first.setdefault((day, fact.trace_id, fact.span_id), fact)
    days: Days = defaultdict(list)
    for day, trace_id, span_id in sorted(first):
        days[day].append(first[day, trace_id, span_id])
    return dict(days), len(spans) - len(first)


def _not_yet_stored(post: Post, days: Days) -> Days:
    organization_id, deployment_id = post.owner
    new: Days = {}
    for day, facts in days.items():
        stored = set(
            copying.present(
                "traces_span",
                ("trace_id", "span_id"),
                "trace_id",
                sorted({fact.trace_id for fact in facts}),
                organization_id=organization_id,
                deployment_id=deployment_id,
                day=day,
            )
        )
        fresh = [fact for fact in facts if (fact.trace_id, fact.span_id) not in stored]
        if fresh:
            new[day] = fresh
    return new


def row_of(owner: Owner, day: date, fact: SpanFact, ingested_at: datetime) -> tuple[Any, ...]:
    """In the order of COLUMNS."""
    organization_id, deployment_id = owner
    return (
        organization_id,
        deployment_id,
        day,
        fact.trace_id,
        fact.span_id,
        fact.parent_span_id,
        fact.dialect,
        fact.role,
        fact.kind,
        fact.started_ns,
        fact.ended_ns,
        fact.status_code,
        b"\x01" + _encode(fact.attributes) if fact.attributes else _NOTHING,
        b"\x01" + _encode(fact.events) if fact.events else _NONE,
        ingested_at,
        fact.lane,
    )


def _mark_units(post: Post, days: Days) -> None:
    alone = {(fact.trace_id, day) for day, facts in days.items() for fact in facts if fact.lane is None}
    of_lanes = (fact for facts in days.values() for fact in facts if fact.lane is not None)
    units = sorted(alone | {(unit.key, day) for fact in of_lanes for unit, day in units_of(fact)})
    if not units:
        return
    with connections["ingest"].cursor() as cursor:
        cursor.execute(
            sql("mark_units"), [*post.owner, post.received_at, [key for key, _ in units], [day for _, day in units]]
        )
