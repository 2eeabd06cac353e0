"""OTLP as JSON, decoded into structures that read like the protobuf messages. Pure.

Ids are hexadecimal, long integers are text or numbers, enumerations numbers or names; fields that are not named here are
passed over.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct, field

from apps.ingest.refusals import PostError

Number = int | str | float | None
Message = TypeVar("Message", bound=Struct)
_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUSES = ("UNSET", "OK", "ERROR")
_MOST = 2**63 - 1


def whole(value: Number) -> int:
    """0 for what is no whole number that fits."""
    try:
        number = int(value) if value is not None else 0
    except (ValueError, OverflowError):
        return 0
    return number if -_MOST <= number <= _MOST else 0


def _enumerated(value: int | str | None, names: tuple[str, ...]) -> int:
    if isinstance(value, str):
        ending = value.rpartition("_")[2].upper()
        return names.index(ending) if ending in names else 0
    return value or 0


def _identity(value: str | None) -> bytes:
    try:
        return bytes.fromhex(value or "")
    except ValueError:
        return b""


class Array(Struct, rename="camel"):
    told: list["AnyValue"] | None = field(default=None, name="values")

    @property
    def values(self) -> list["AnyValue"]:
        return self.told or []


class AnyValue(Struct):
    """One of the simple kinds, a list, or nothing that is read."""

    text: str | None = field(default=None, name="stringValue")
    whole_number: Number = field(default=None, name="intValue")
    number: float | str | None = field(default=None, name="doubleValue")
    flag: bool | None = field(default=None, name="boolValue")
    array: Array | None = field(default=None, name="arrayValue")

    def WhichOneof(self, group: str) -> str | None:  # noqa: N802, ARG002  # as protobuf calls it
        if self.text is not None:
            return "string_value"
        if self.whole_number is not None:
            return "int_value"
        if self.number is not None:
            return "double_value"
        if self.flag is not None:
            return "bool_value"
        return None if self.array is None else "array_value"

    @property
    def string_value(self) -> str:
        return self.text or ""

    @property
    def int_value(self) -> int:
        return whole(self.whole_number)

    @property
    def double_value(self) -> float:
        try:
            return float(self.number or 0)
        except ValueError:
            return 0.0

    @property
    def bool_value(self) -> bool:
        return bool(self.flag)

    @property
    def array_value(self) -> Array:
        return self.array or Array()


class KeyValue(Struct):
    key: str = ""
    told: AnyValue | None = field(default=None, name="value")

    @property
    def value(self) -> AnyValue:
        return self.told or AnyValue()


class Event(Struct):
    told_name: str | None = field(default=None, name="name")
    at: Number = field(default=None, name="timeUnixNano")
    attributes: list[KeyValue] | None = None

    @property
    def name(self) -> str:
        return self.told_name or ""

    @property
    def time_unix_nano(self) -> int:
        return whole(self.at)


class Status(Struct):
    told_code: int | str | None = field(default=None, name="code")
    told_message: str | None = field(default=None, name="message")

    @property
    def code(self) -> int:
        return _enumerated(self.told_code, _STATUSES)

    @property
    def message(self) -> str:
        return self.told_message or ""


class Span(Struct):
    trace: str | None = field(default=None, name="traceId")
    own: str | None = field(default=None, name="spanId")
    parent: str | None = field(default=None, name="parentSpanId")
    told_name: str | None = field(default=None, name="name")
    told_kind: int | str | None = field(default=None, name="kind")
    start: Number = field(default=None, name="startTimeUnixNano")
    end: Number = field(default=None, name="endTimeUnixNano")
    told_attributes: list[KeyValue] | None = field(default=None, name="attributes")
    told_events: list[Event] | None = field(default=None, name="events")
    told_status: Status | None = field(default=None, name="status")

    @property
    def trace_id(self) -> bytes:
        return _identity(self.trace)

    @property
    def span_id(self) -> bytes:
        return _identity(self.own)

    @property
    def parent_span_id(self) -> bytes:
        return _identity(self.parent)

    @property
    def name(self) -> str:
        return self.told_name or ""

    @property
    def kind(self) -> int:
        return _enumerated(self.told_kind, _KINDS)

    @property
    def start_time_unix_nano(self) -> int:
        return whole(self.start)

    @property
    def end_time_unix_nano(self) -> int:
        return whole(self.end)

    @property
    def attributes(self) -> list[KeyValue]:
        return self.told_attributes or []

    @property
    def events(self) -> list[Event]:
        return self.told_events or []

    @property
    def status(self) -> Status:
        return self.told_status or Status()


class LogRecord(Struct):
    """Of a body nothing is read."""

    trace: str | None = field(default=None, name="traceId")
    own: str | None = field(default=None, name="spanId")
    told_name: str | None = field(default=None, name="eventName")
    at: Number = field(default=None, name="timeUnixNano")
    observed: Number = field(default=None, name="observedTimeUnixNano")
    told_attributes: list[KeyValue] | None = field(default=None, name="attributes")

    @property
    def trace_id(self) -> bytes:
        return _identity(self.trace)

    @property
    def span_id(self) -> bytes:
        return _identity(self.own)

    @property
    def event_name(self) -> str:
        return self.told_name or ""

    @property
    def time_unix_nano(self) -> int:
        return whole(self.at)

    @property
    def observed_time_unix_nano(self) -> int:
        return whole(self.observed)

    @property
    def attributes(self) -> list[KeyValue]:
        return self.told_attributes or []


class Scope(Struct):
    told_name: str | None = field(default=None, name="name")

    @property
    def name(self) -> str:
        return self.told_name or ""


class Resource(Struct):
    attributes: list[KeyValue] | None = None


class ScopeGroup(Struct):
    told_scope: Scope | None = field(default=None, name="scope")
    told_spans: list[Span] | None = field(default=None, name="spans")
    told_records: list[LogRecord] | None = field(default=None, name="logRecords")

    @property
    def scope(self) -> Scope:
        return self.told_scope or Scope()

    @property
    def spans(self) -> list[Span]:
        return self.told_spans or []

    @property
    def log_records(self) -> list[LogRecord]:
        return self.told_records or []


class ResourceGroup(Struct):
    told_resource: Resource | None = field(default=None, name="resource")
    told_spans: list[ScopeGroup] | None = field(default=None, name="scopeSpans")
    told_logs: list[ScopeGroup] | None = field(default=None, name="scopeLogs")

    @property
    def resource(self) -> Resource:
        return self.told_resource or Resource()

    @property
    def scope_spans(self) -> list[ScopeGroup]:
        return self.told_spans or []

    @property
    def scope_logs(self) -> list[ScopeGroup]:
        return self.told_logs or []


class Traces(Struct):
    told: list[ResourceGroup] | None = field(name="resourceSpans")

    @property
    def resource_spans(self) -> list[ResourceGroup]:
        return self.told or []


class Logs(Struct):
    told: list[ResourceGroup] | None = field(name="resourceLogs")

    @property
    def resource_logs(self) -> list[ResourceGroup]:
        return self.told or []


def decode(body: bytes, kind: type[Message]) -> Message:
    """`{}` is an empty export. Raises PostError: 400."""
    try:
        if body.strip() == b"{}":
            return msgspec.convert({"resourceSpans": None, "resourceLogs": None}, kind)
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise PostError(
            400,
            "invalid_json",
            "The body is no export in OTLP's JSON encoding (`resourceSpans` here, `resourceLogs` at /v1/logs). "
            "Nothing was stored.",
        ) from None
