"""From the facts of one group of rows to its requests: a pure function of the set of facts, whatever their order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.ingest.adapters.exports.calls import usage_of, without_provider
from apps.ingest.adapters.exports.labels import Labels
from apps.ingest.adapters.litellm_callback import CALL_ID, DIALECT
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Attempt, Grouping, Request

HORIZON_NS = 600 * 1_000_000_000
"""How long a request may wait between two attempts."""
LONGEST_MS = 86_400_000.0
MOST_ATTEMPTS = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Made:
    """A request in the making, and the calls it is made of."""

    rows: list[SpanFact]
    grouping: Grouping = "explicit"
    calls: set[str] = field(default_factory=set)

    @property
    def open(self) -> bool:
        return self.rows[-1].failed

    @property
    def ended_ns(self) -> int:
        return self.rows[-1].ended_ns or self.rows[-1].started_ns


def derive(spans: Iterable[SpanFact], *, unit: str) -> list[tuple[Request, set[str]]]:
    """Requests in the order of time, each with the ids of its calls."""
    rows = sorted(
        (span for span in spans if span.dialect == DIALECT),
        key=lambda s: (s.started_ns, s.ended_ns or s.started_ns, s.span_id),
    )
    made = _of_proxy(rows) if any(row.attributes.get("proxy") for row in rows) else _of_router(rows)
    found = [(_request(one, unit), {row.attributes[CALL_ID] for row in one.rows}) for one in made]
    return sorted(found, key=lambda pair: (pair[0].received_at, pair[0].request_id))


def _of_proxy(rows: list[SpanFact]) -> list[Made]:
    """One call id is one request. The failure comes first, also where the success of a stream begins before it."""
    return [Made(sorted(rows, key=lambda row: (not row.failed, row.started_ns, row.span_id)))] if rows else []


def _of_router(rows: list[SpanFact]) -> list[Made]:
    """A success closes a request; a failure is gone on with by the next call. A trace id may hold a whole session: where
    more than one request could be meant, the one that failed last is taken, and all of them are marked."""
    made: list[Made] = []
    for row in rows:
        waiting = [one for one in made if one.open and one.ended_ns <= row.started_ns <= one.ended_ns + HORIZON_NS]
        if not waiting:
            made.append(Made([row]))
            continue
        max(waiting, key=lambda one: (one.ended_ns, one.rows[0].started_ns)).rows.append(row)
        for one in waiting if len(waiting) > 1 else []:
            one.grouping = "ambiguous"
    if len(made) > 1:
        for one in made:
            if len(one.rows) > 1 and one.grouping == "explicit":
                one.grouping = "inferred"
    return made


def _request(made: Made, unit: str) -> Request:
    rows = made.rows[:MOST_ATTEMPTS]
    first, last = rows[0], rows[-1]
    said = last.attributes
    received_ns = min(row.started_ns for row in rows)
    served, cached = not last.failed, bool(said.get("cache_hit")) and not last.failed and len(rows) == 1
    named = _labels(rows)
    streaming = any(row.attributes.get("streaming") for row in rows)
    attempts = [] if cached else [_attempt(row, rows, received_ns) for row in rows]
    ends = [row.ended_ns for row in rows if row.ended_ns is not None]
    return Request(
        request_id=first.attributes[CALL_ID],
        received_at=_EPOCH + timedelta(microseconds=received_ns // 1_000),
        attempts=attempts,
        environment=named.environment or "production",
        operation=said.get("operation") or "chat",
        task=named.task,
        route=named.route or first.attributes.get("group"),
        policy=named.policy,
        streaming=streaming,
        latency_ms=_milliseconds(max(ends) - received_ns) if ends else None,
        ttft_ms=_first(last, since_ns=received_ns) if served else None,
        outcome="served" if served else "failed",
        serving_attempt=len(attempts) - 1 if served and attempts else None,
        cache_hit=cached,
        tags=named.tags,
        completeness="lower_bound" if said.get("proxy") else "complete",
        grouping=made.grouping,
        trace_id=unit,
    )


def _attempt(row: SpanFact, rows: list[SpanFact], received_ns: int) -> Attempt:
    said = row.attributes
    # The proxy gives a stream that was retried the time of its request, not of its attempt.
    begun = not (said.get("proxy") and any(other.failed and other.started_ns >= row.started_ns for other in rows[:-1]))
    usage = usage_of(
        said.get("input"),
        said.get("output"),
        cache_read=said.get("cache_read"),
        cache_write=said.get("cache_write"),
        reasoning=said.get("reasoning"),
    )
    cost = Decimal(said["cost"]) if "cost" in said and usage is not None and not row.failed else None
    timeout = said.get("error") == "Timeout"
    return Attempt(
        provider=said.get("provider"),
        model=without_provider(said.get("model"), said.get("provider")),
        response_model=said.get("answered"),
        start_offset_ms=_milliseconds(row.started_ns - received_ns) if begun else None,
        latency_ms=_milliseconds(row.ended_ns - row.started_ns) if begun and row.ended_ns is not None else None,
        ttft_ms=_first(row, since_ns=row.started_ns) if begun and not row.failed else None,
        # A timeout's 408 is LiteLLM's own: nobody answered.
        status=None if timeout else said.get("status"),
        error_type=("timeout" if timeout else said.get("error") or "unknown") if row.failed else None,
        response_id=said.get("response_id"),
        usage=usage,
        cost=cost,
        cost_basis=None if cost is None else "gateway",
    )


def _first(row: SpanFact, *, since_ns: int) -> float | None:
    """To the first token of a stream; what did not stream gives its end for it."""
    first = row.attributes.get("first_ns")
    if first is None or not row.attributes.get("streaming") or (row.ended_ns is not None and first >= row.ended_ns):
        return None
    return _milliseconds(first - since_ns)


def _labels(rows: list[SpanFact]) -> Labels:
    said: dict[str, Any] = {}
    for row in rows:
        for name, value in (row.attributes.get("labels") or {}).items():
            said.setdefault(name, value)
    return Labels(**said)


def _milliseconds(nanoseconds: int) -> float | None:
    value = nanoseconds / 1e6
    return value if 0 <= value <= LONGEST_MS else None
