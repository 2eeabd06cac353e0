"""Spans as clients send them, for situations of which there is no capture: from the wire to requests."""

import zlib
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest import otlp
from apps.ingest.derive import derive, units_of
from apps.ingest.limits import Limits
from apps.traces.nouns import Request
from tests.ingest.captures import TAKEN, belongs
from tests.ingest.spans import at

GENAI = "opentelemetry.instrumentation.genai.openai"
HTTPX = "opentelemetry.instrumentation.httpx"
Said = dict[str, Any]
INTERNAL, SERVER, CLIENT = 1, 2, 3


@dataclass
class Sent:
    """One span; times in seconds from noon, ids are names."""

    scope: str
    id: str
    start: float
    end: float
    parent: str | None = None
    name: str = "span"
    kind: int = CLIENT
    error: bool = False
    message: str = ""
    trace: str = "t"
    events: list[tuple[str, float, dict[str, Any]]] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)


def identity(name: str, size: int) -> bytes:
    return zlib.crc32(name.encode()).to_bytes(4, "big").rjust(size, b"\1")


def trace_of(name: str) -> str:
    return identity(name, 16).hex()


def span_of(name: str) -> str:
    return identity(name, 8).hex()


def export(*sent: Sent, resource: dict[str, Any] | None = None) -> bytes:
    message = ExportTraceServiceRequest()
    around = message.resource_spans.add()
    _say(around.resource, resource or {})
    for one in sent:
        group = around.scope_spans.add()
        group.scope.name = one.scope
        span = group.spans.add(
            trace_id=identity(one.trace, 16),
            span_id=identity(one.id, 8),
            parent_span_id=identity(one.parent, 8) if one.parent else b"",
            name=one.name,
            kind=one.kind,
            start_time_unix_nano=at(one.start),
            end_time_unix_nano=at(one.end),
        )
        span.status.code, span.status.message = (2 if one.error else 0), one.message
        _say(span, one.said)
        for name, seconds, said in one.events:
            _say(span.events.add(name=name, time_unix_nano=at(seconds)), said)
    return bytes(message.SerializeToString())


def _say(place: Any, said: dict[str, Any]) -> None:
    for key, value in said.items():
        attribute = place.attributes.add(key=key)
        if isinstance(value, list):
            for item in value:
                attribute.value.array_value.values.add(string_value=item)
        else:
            kinds = {str: "string_value", int: "int_value", float: "double_value", bool: "bool_value"}
            setattr(attribute.value, kinds[type(value)], value)


def requests_of(*sent: Sent, resource: dict[str, Any] | None = None) -> list[Request]:
    facts = otlp.decode(export(*sent, resource=resource), now=TAKEN, limits=Limits()).spans
    units = sorted({unit for fact in facts for unit, _ in units_of(fact)})
    return [one.request for unit in units for one in derive(unit, [f for f in facts if belongs(f, unit)])]


def only(*sent: Sent, **around: Any) -> Request:
    (request,) = requests_of(*sent, **around)
    return request


def call(
    name: str,
    start: float,
    end: float,
    *,
    parent: str | None = "app",
    scope: str = GENAI,
    model: str = "gpt-4o-mini",
    status: int | None = None,
    said: Said | None = None,
) -> Sent:
    """A call by the GenAI conventions; a `status` makes it one that failed."""
    told: Said = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model}
    message = ""
    if status is None:
        told |= {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}
    else:
        told["error.type"], message = "openai.APIStatusError", f"Error code: {status} - {{'error': 'told in full'}}"
    failed = status is not None
    return Sent(scope, name, start, end, parent, error=failed, message=message, said=told | (said or {}))


def app(
    name: str = "app", start: float = 0, end: float = 10, *, parent: str | None = None, said: Said | None = None
) -> Sent:
    return Sent("app", name, start, end, parent, kind=INTERNAL, said=said or {})


def http(
    name: str, start: float, end: float, parent: str, *, status: int = 200, path: str = "/v1/chat/completions"
) -> Sent:
    said = {"http.url": f"https://api.openai.com{path}", "http.status_code": status}
    return Sent(HTTPX, name, start, end, parent, error=status >= 400, said=said)
