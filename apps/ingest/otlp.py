"""OTLP: an export of spans, to span facts and rejections. Pure.

Of a span only wanted attributes are read: turning every one into a Python object is most of the cost, and none of the
others may be kept anyway.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest import otlp_json
from apps.ingest.adapters import allowed, glimpse, kept, lanes
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.adapters.kept import Wanted
from apps.ingest.adapters.pick import dialect_of
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, PostError, Rejection, too_many
from apps.ingest.spans import ERROR_STATUS, Event, Role, SpanFact

_PROCESS = ("service.namespace", "service.name", "service.instance.id", "host.name", "k8s.pod.name", "process.pid")
_RESOURCE: Wanted = {
    "service.name": (kept.SERVICE, allowed.label),
    "deployment.environment": (kept.ENVIRONMENT, allowed.label),
    "deployment.environment.name": (kept.ENVIRONMENT, allowed.label),
}
_LLM_KEYS = ("gen_ai.provider.name", "gen_ai.system", "llm.model_name")
_NANOSECOND = 1_000_000_000
_NO_TRACE, _NO_SPAN = bytes(16), bytes(8)
_TOLD: dict[Role, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "other": kept.inherited,
    "joint": kept.inherited,
    "timer": lambda _: {},
    "auth": lambda _: {},
}
"""What is kept of spans that are no call; of all others everything that was read."""


@dataclass
class Export:
    spans: list[SpanFact] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    unread: int = 0
    """Spans that speak of a model, of a client whose dialect is not read."""


@dataclass(frozen=True)
class Origin:
    """What a span says by where it stands: its scope's dialect, its process, and what that says of itself."""

    dialect: Dialect
    lane: str
    labels: dict[str, str]


def decode(body: bytes, *, now: datetime, limits: Limits, json: bool = False) -> Export:
    """Raises PostError: 400 when this is no export of spans, 413 for too many."""
    message = otlp_json.decode(body, otlp_json.Traces) if json else _parse(body)
    export = Export()
    earliest = _nanoseconds(now - limits.past)
    latest = _nanoseconds(now + limits.future)
    for index, (origin, span) in enumerate(_spans(message)):
        if index >= limits.spans:
            raise too_many(limits.spans, what="spans")
        try:
            fact = _fact(origin, span, limits)
            _check_times(fact, earliest, latest, limits)
            export.spans.append(fact)
            export.unread += _is_unread(span, fact)
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
        400,
        "logs_not_spans",
        "These are logs; this address takes spans. Set OTEL_LOGS_EXPORTER=none, or send them to /v1/logs.",
    )


def _spans(message: Any) -> Iterator[tuple[Origin, Any]]:
    for resource in message.resource_spans:
        lane, labels = _lane(resource.resource.attributes), read(resource.resource.attributes, _RESOURCE)
        for group in resource.scope_spans:
            origin = Origin(dialect_of(group.scope.name), lane, labels)
            for span in group.spans:
                yield origin, span


def _is_unread(span: Any, fact: SpanFact) -> bool:
    """Other spans without a dialect are an application's own, and only stations on the way."""
    return not fact.dialect and any(a.key in _LLM_KEYS for a in span.attributes)


def _lane(attributes: Any) -> str:
    """A name for the process that sent the spans, which tells nothing about it."""
    found = {a.key: a.value.string_value or str(a.value.int_value) for a in attributes or () if a.key in _PROCESS}
    text = "\0".join(f"{key}={found[key]}" for key in sorted(found))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _fact(origin: Origin, span: Any, limits: Limits) -> SpanFact:
    # Each look into a message makes an object anew, so what is needed twice is looked up once.
    trace_id, span_id = span.trace_id, span.span_id
    if len(trace_id) != 16 or len(span_id) != 8 or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        raise ItemError("invalid_id", "A trace id has 16 bytes and a span id 8, not all zero.")
    if len(span.attributes) > limits.span_attributes:
        raise ItemError("too_many_attributes", f"A span may carry {limits.span_attributes:,} attributes.")
    reader = origin.dialect
    said, glimpsed = _told(span, reader)
    events = _events(span, reader, said) if span.events else []
    for name, value in glimpsed.items():
        said.setdefault(name, value)
    dialect, role = reader.classify(span.name, span.kind, said)
    parent, code = span.parent_span_id.hex() or None, span.status.code
    if (told := _TOLD.get(role)) is not None:
        said = told(said)
    else:
        for name, value in origin.labels.items():
            said.setdefault(name, value)
    return SpanFact(
        trace_id=trace_id.hex(),
        span_id=span_id.hex(),
        parent_span_id=parent,
        dialect=dialect,
        role=role,
        kind=span.kind if 0 <= span.kind <= 5 else 0,
        started_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano or None,
        status_code=code if 0 <= code <= 2 else 0,
        attributes=said,
        events=events,
        lane=origin.lane if parent is None and lanes.stands_alone(dialect, role, said) else None,
    )


def _events(span: Any, reader: Dialect, said: dict[str, Any]) -> list[Event]:
    """Those that are kept; what others tell goes to what the span says: its first token, the class of its error."""
    found: list[Event] = []
    for event in span.events:
        wanted = reader.events.get(event.name)
        if wanted is not None:
            found.append(Event(event.name, event.time_unix_nano, read(event.attributes, wanted)))
        elif event.name in reader.first_tokens:
            seconds = (event.time_unix_nano - span.start_time_unix_nano) / _NANOSECOND
            if 0 <= seconds < said.get(kept.FIRST_CHUNK, allowed.MAX_SECONDS):
                said[kept.FIRST_CHUNK] = seconds
        elif event.name == "exception" and span.status.code == ERROR_STATUS and kept.ERROR not in said:
            said |= read(event.attributes, {"exception.type": (kept.ERROR, allowed.class_name)})
    return found


def _told(span: Any, reader: Dialect) -> tuple[dict[str, Any], dict[str, Any]]:
    """What attributes tell that are kept, and what texts tell that are read and dropped."""
    said: dict[str, Any] = {}
    glimpsed: dict[str, Any] = {}
    readings = reader.readings
    for attribute in span.attributes:
        reading = readings[key := attribute.key]
        if reading is None:
            continue
        kept_as, form, field, glance = reading
        told = attribute.value
        if glance is None:
            # To ask which kind is set costs five times as much as a look where it should be.
            if (value := form(key, getattr(told, field) or _value(told))) is not None:
                said[kept_as] = value
        elif text := told.string_value:
            for name, seen in glance(text, span.start_time_unix_nano).items():
                if seen is not None:
                    glimpsed[name] = seen  # noqa: PERF403
    if span.status.code == ERROR_STATUS and kept.STATUS not in said and span.status.message:
        status = glimpse.status_in(span.status.message)
        if status is not None:
            glimpsed[kept.STATUS] = status
    return said, glimpsed


def read(attributes: Any, wanted: Wanted) -> dict[str, Any]:
    """Those of the allow-list that have their form; of several spellings of one name the last."""
    found: dict[str, Any] = {}
    for attribute in attributes or ():
        key = attribute.key
        form = wanted.get(key)
        if form is None:
            continue
        name, check = form
        value = check(key, _value(attribute.value))
        if value is not None:
            found[name] = value
    return found


def _value(value: Any) -> Any:
    # To ask which kind is set costs five times as much, and most values are texts.
    if text := value.string_value:
        return text
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return value.string_value
    if kind in ("int_value", "double_value", "bool_value"):
        return getattr(value, kind)
    return [item.string_value for item in value.array_value.values] if kind == "array_value" else None


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
