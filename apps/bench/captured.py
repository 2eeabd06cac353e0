"""Posts of real clients, as they were captured, multiplied: the same spans and rows with new ids and times.

Spans are put under as few resources and scopes as they came with, as an exporter's batch has them.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import CommandError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.bench.load import HOURS, JSON, PROTOBUF, ROWS_PATH, SPANS_PATH, Body

_ID_SIZES = {"traceId": 16, "spanId": 8, "parentSpanId": 8}


@dataclass
class Client:
    """What one client was captured sending, over all cases: exports of spans in one of two encodings, or rows."""

    name: str
    path: str
    kind: str
    bodies: list[bytes]


def clients(folder: Path) -> list[Client]:
    """By name. Raises CommandError where there are no captures."""
    found: dict[tuple[str, str, str], list[bytes]] = defaultdict(list)
    for told in sorted(folder.glob("**/case.json")):
        for body in json.loads(told.read_text())["bodies"]:
            path = _path_of(told.parent.name, body)
            if path:
                key = (told.parent.name.partition("__")[0], path, body["content_type"])
                found[key].append((told.parent / body["file"]).read_bytes())
    if not found:
        raise CommandError(f"No captures below {folder}; they come with a clone of the repository.")
    return [Client(*key, bodies) for key, bodies in sorted(found.items())]


def _path_of(name: str, body: Mapping[str, Any]) -> str:
    """Empty for logs, metrics and files."""
    if body["path"].endswith(SPANS_PATH):
        return SPANS_PATH
    return ROWS_PATH if "generic-api" in name else ""


def bodies_of(client: Client, *, items: int, posts: int, now: datetime) -> list[Body]:
    """Posts of at least so many spans or rows each, none of which is in another."""
    make: _RowMaker | _Protobuf | _Json
    if client.path == ROWS_PATH:
        make = _RowMaker(client)
    else:
        make = _Protobuf(client) if client.kind == PROTOBUF else _Json(client)
    return [make.body(items, now) for _ in range(posts)]


class _Copies:
    """New ids for old, the same for the same within one copy."""

    def __init__(self, now: datetime, first_ns: int) -> None:
        self._ids: dict[Any, bytes] = {}
        began = now - timedelta(seconds=random.uniform(60, HOURS * 3_600))  # noqa: S311  # load, not secrets
        self.shift_ns = int(began.timestamp()) * 10**9 - first_ns

    def id_for(self, old: Any, size: int) -> bytes:
        if old not in self._ids:
            self._ids[old] = random.randbytes(size)  # noqa: S311
        return self._ids[old]


class _Protobuf:
    def __init__(self, client: Client) -> None:
        self._groups: dict[tuple[bytes, bytes], list[Any]] = defaultdict(list)
        for body in client.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for group in resource.scope_spans:
                    key = (resource.resource.SerializeToString(), group.scope.SerializeToString())
                    self._groups[key] += group.spans
        spans = [span for found in self._groups.values() for span in found]
        self._size, self._first_ns = len(spans), min(span.start_time_unix_nano for span in spans)

    def body(self, items: int, now: datetime) -> Body:
        message, copies = ExportTraceServiceRequest(), -(-items // self._size)
        made = [_Copies(now, self._first_ns) for _ in range(copies)]
        for (resource, scope), spans in self._groups.items():
            around = message.resource_spans.add()
            around.resource.ParseFromString(resource)
            group = around.scope_spans.add()
            group.scope.ParseFromString(scope)
            for copy in made:
                for span in spans:
                    self._add(group.spans, span, copy)
        return Body(bytes(message.SerializeToString()), copies * self._size, PROTOBUF)

    @staticmethod
    def _add(spans: Any, span: Any, copy: _Copies) -> None:
        one = spans.add()
        one.CopyFrom(span)
        one.trace_id, one.span_id = copy.id_for(span.trace_id, 16), copy.id_for(span.span_id, 8)
        if span.parent_span_id:
            one.parent_span_id = copy.id_for(span.parent_span_id, 8)
        one.start_time_unix_nano += copy.shift_ns
        one.end_time_unix_nano += copy.shift_ns
        for event in one.events:
            event.time_unix_nano += copy.shift_ns
        for said in one.attributes:
            if said.key == "litellm.call_id":
                said.value.string_value = copy.id_for(said.value.string_value, 16).hex()


class _Json:
    def __init__(self, client: Client) -> None:
        self._groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for body in client.bodies:
            for resource in json.loads(body)["resourceSpans"]:
                for group in resource["scopeSpans"]:
                    key = (json.dumps(resource.get("resource", {})), json.dumps(group.get("scope", {})))
                    self._groups[key] += group["spans"]
        spans = [span for found in self._groups.values() for span in found]
        self._size, self._first_ns = len(spans), min(int(span["startTimeUnixNano"]) for span in spans)

    def body(self, items: int, now: datetime) -> Body:
        copies = -(-items // self._size)
        made = [_Copies(now, self._first_ns) for _ in range(copies)]
        groups = [
            {
                "resource": json.loads(resource),
                "scopeSpans": [
                    {"scope": json.loads(scope), "spans": [self._copied(s, c) for c in made for s in spans]}
                ],
            }
            for (resource, scope), spans in self._groups.items()
        ]
        return Body(msgspec.json.encode({"resourceSpans": groups}), copies * self._size, JSON, path=SPANS_PATH)

    @staticmethod
    def _copied(span: dict[str, Any], copy: _Copies) -> dict[str, Any]:
        ids = {name: copy.id_for(span[name], size).hex() for name, size in _ID_SIZES.items() if span.get(name)}
        times: dict[str, Any] = {
            name: str(int(span[name]) + copy.shift_ns)
            for name in ("startTimeUnixNano", "endTimeUnixNano")
            if name in span
        }
        events = [
            {**event, "timeUnixNano": str(int(event["timeUnixNano"]) + copy.shift_ns)}
            for event in span.get("events", [])
        ]
        return {**span, **ids, **times, **({"events": events} if events else {})}


class _RowMaker:
    def __init__(self, client: Client) -> None:
        self._rows = [row for body in client.bodies for row in _listed(json.loads(body))]
        self._first_ns = int(min(row["startTime"] for row in self._rows) * 1e9)

    def body(self, items: int, now: datetime) -> Body:
        copies = -(-items // len(self._rows))
        made = [
            self._copied(row, copy)
            for copy in (_Copies(now, self._first_ns) for _ in range(copies))
            for row in self._rows
        ]
        return Body(msgspec.json.encode(made), len(made), JSON, path=ROWS_PATH)

    @staticmethod
    def _copied(row: dict[str, Any], copy: _Copies) -> dict[str, Any]:
        names = ("litellm_call_id", "trace_id", "id")
        ids = {name: copy.id_for(row[name], 16).hex() for name in names if row.get(name)}
        clocks = ("startTime", "endTime", "completionStartTime")
        times = {name: row[name] + copy.shift_ns / 1e9 for name in clocks if isinstance(row.get(name), int | float)}
        return {**row, **ids, **times}


def _listed(said: Any) -> Iterator[dict[str, Any]]:
    yield from said if isinstance(said, Sequence) else [said]
