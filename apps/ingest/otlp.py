"""OTLP over protobuf: an export of spans, to span facts and rejections. Pure.

Of a span only wanted attributes are read: turning every one into a Python object is most of the cost, and none of the
others may be kept anyway.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest.adapters import allowed
from apps.ingest.adapters.litellm_otel_v2 import facts
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, PostError, Rejection, too_many
from apps.ingest.spans import Event, SpanFact

Wanted = Mapping[str, tuple[str, allowed.Form, str]]
"""Name on the wire: (name it is kept under, its form, the field of the value in which that form is most often found)."""

_PROCESS = ("service.namespace", "service.name", "service.instance.id", "host.name", "k8s.pod.name", "process.pid")
_LLM_SCOPES = (
    "openinference.",
    "langfuse",
    "opentelemetry.instrumentation.openai",
    "opentelemetry.instrumentation.genai",
)
_LLM_KEYS = (
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.system",
    "openinference.span.kind",
    "llm.model_name",
)


def _wanted(names: Mapping[str, tuple[str, allowed.Form]]) -> Wanted:
    return {key: (name, form, allowed.FIELDS[form]) for key, (name, form) in names.items()}


_ATTRIBUTES = _wanted(facts.ATTRIBUTES)
_EVENTS = {event: _wanted(names) for event, names in facts.EVENTS.items()}
_NANOSECOND = 1_000_000_000
_NO_TRACE, _NO_SPAN = bytes(16), bytes(8)


@dataclass
class Export:
    spans: list[SpanFact] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    unread: int = 0
    """Spans of calls of models, by a client whose dialect is not read."""


def decode(body: bytes, *, now: datetime, limits: Limits) -> Export:
    """Raises PostError: 400 when this is no export of spans, 413 for too many."""
    message = _parse(body)
    export = Export()
    earliest = _nanoseconds(now - limits.past)
    latest = _nanoseconds(now + limits.future)
    for index, (scope, lane, span) in enumerate(_spans(message)):
        if index >= limits.spans:
            raise too_many(limits.spans, what="spans")
        try:
            fact = _fact(scope, lane, span, limits)
            _check_times(fact, earliest, latest, limits)
            export.spans.append(fact)
            export.unread += _is_unread(scope, span, fact)
        except ItemError as refused:
            export.rejected.append(Rejection(index, refused.code, refused.message))
    return export


def _parse(body: bytes) -> ExportTraceServiceRequest:
    message = ExportTraceServiceRequest()
    try:
        message.ParseFromString(body)
    except DecodeError:
        if _is_logs(body):
            raise _logs_error() from None
        raise PostError(
            400, "invalid_protobuf", "The body is not an ExportTraceServiceRequest. Nothing was stored."
        ) from None
    if _is_logs(body) and not any(s.span_id for r in message.resource_spans for g in r.scope_spans for s in g.spans):
        raise _logs_error()
    return message


def _is_logs(body: bytes) -> bool:
    """Logs have nearly the shape of spans on the wire, so that they may parse as such: as spans without an id."""
    logs = ExportLogsServiceRequest()
    try:
        logs.ParseFromString(body)
    except DecodeError:
        return False
    records = [record for r in logs.resource_logs for s in r.scope_logs for record in s.log_records]
    return any(record.time_unix_nano or record.observed_time_unix_nano for record in records)


def _logs_error() -> PostError:
    return PostError(
        400, "logs_not_spans", "These are logs; this address takes spans. Set OTEL_LOGS_EXPORTER=none, or send traces."
    )


def _spans(message: ExportTraceServiceRequest) -> Iterator[tuple[str, str, Any]]:
    for resource in message.resource_spans:
        lane = _lane(resource.resource.attributes)
        for group in resource.scope_spans:
            scope = group.scope.name
            for span in group.spans:
                yield scope, lane, span


def _is_unread(scope: str, span: Any, fact: SpanFact) -> bool:
    """Other spans without a dialect are an application's own, and only stations on the way."""
    if fact.dialect:
        return False
    return scope.startswith(_LLM_SCOPES) or any(a.key in _LLM_KEYS for a in span.attributes)


def _lane(attributes: Any) -> str:
    """A name for the process that sent the spans, which tells nothing about it."""
    found = {a.key: a.value.string_value or str(a.value.int_value) for a in attributes if a.key in _PROCESS}
    text = "\0".join(f"{key}={found[key]}" for key in sorted(found))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _fact(scope: str, lane: str, span: Any, limits: Limits) -> SpanFact:
    # Each look into a message makes an object anew, so what is needed twice is looked up once.
    trace_id, span_id = span.trace_id, span.span_id
    if len(trace_id) != 16 or len(span_id) != 8 or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        raise ItemError("invalid_id", "A trace id has 16 bytes and a span id 8, not all zero.")
    said = span.attributes
    if len(said) > limits.span_attributes:
        raise ItemError("too_many_attributes", f"A span may carry {limits.span_attributes:,} attributes.")
    attributes = _read(said, _ATTRIBUTES) if said else {}
    kind, code = span.kind, span.status.code
    dialect, role, group = facts.classify(scope, span.name, kind, attributes)
    if group is not None:
        attributes[facts.GROUP] = group
    parent, events = span.parent_span_id.hex() or None, span.events
    return SpanFact(
        trace_id=trace_id.hex(),
        span_id=span_id.hex(),
        parent_span_id=parent,
        dialect=dialect,
        role=role,
        kind=kind if 0 <= kind <= 5 else 0,
        started_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano or None,
        status_code=code if 0 <= code <= 2 else 0,
        attributes=attributes if role != "other" else {},
        events=_events(events) if events else [],
        lane=lane if facts.stands_alone(role, parent, attributes) else None,
    )


def _events(events: Any) -> list[Event]:
    return [
        Event(event.name, event.time_unix_nano, _read(event.attributes, wanted))
        for event in events
        if (wanted := _EVENTS.get(event.name)) is not None
    ]


def _read(attributes: Any, wanted: Wanted) -> dict[str, Any]:
    """Those of the allow-list that have their form; of several spellings of one name the last."""
    kept: dict[str, Any] = {}
    for attribute in attributes:
        key = attribute.key
        form = wanted.get(key)
        if form is None:
            continue
        name, read, field = form
        said = attribute.value
        # To ask which kind of value is set costs five times as much; where it is empty, it may be of another kind.
        value = read(key, getattr(said, field) or _value(said))
        if value is not None:
            kept[name] = value
    return kept


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind in ("string_value", "int_value", "double_value", "bool_value") else None


def _check_times(fact: SpanFact, earliest: int, latest: int, limits: Limits) -> None:
    if fact.started_ns == 0:
        raise ItemError("missing_field", "The span has no start time.")
    if fact.started_ns > latest or (fact.ended_ns or 0) > latest:
        raise ItemError(
            "future", f"The span lies more than {_minutes(limits.future)} minutes ahead. Set its sender's clock."
        )
    if fact.started_ns < earliest:
        raise ItemError("too_old", f"The span is older than {limits.past.days} days, for which raw traces are kept.")
    if fact.ended_ns is not None and fact.ended_ns < fact.started_ns:
        raise ItemError("negative_value", "The span ends before it starts.")


def _minutes(delta: timedelta) -> int:
    return int(delta.total_seconds() // 60)


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp()) * _NANOSECOND
