"""Reading the captures beside this file."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from google.protobuf import json_format  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest import otlp
from apps.ingest.derive import Unit, derive, units_of
from apps.ingest.limits import Limits
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Request

_MESSAGES: dict[str, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
HERE = Path(__file__).parent
TAKEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""Just after the captures were made."""


@dataclass(frozen=True)
class Body:
    """One post, as the client sent it."""

    content: bytes
    signal: str
    path: str
    content_type: str
    headers: dict[str, str]

    @property
    def is_json(self) -> bool:
        return self.content_type == "application/json"


@dataclass(frozen=True)
class Capture:
    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def case(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "case.json").read_text())
        return found

    @property
    def truth(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.case["truth"]["logical_requests"]
        return found

    @property
    def checks(self) -> dict[str, Any]:
        found: dict[str, Any] = self.case["checks"]
        return found

    @property
    def reading(self) -> list[dict[str, Any]]:
        """What one reader recovered; nothing for what was written by hand."""
        return list((self.case["reference_reading"] or {}).get("logical_requests", []))

    @cached_property
    def posts(self) -> list[Body]:
        return [
            Body(
                (self.folder / told["file"]).read_bytes(),
                told["signal"],
                told["path"],
                told["content_type"],
                told.get("extra_headers", {}),
            )
            for told in self.case["bodies"]
        ]

    @property
    def bodies(self) -> list[bytes]:
        """Exports of spans, in protobuf; what came as JSON is written anew."""
        return [_protobuf(post) for post in self.posts if post.signal == "traces"]

    def facts(self) -> list[SpanFact]:
        return [
            span
            for post in self.posts
            if post.signal == "traces"
            for span in otlp.decode(post.content, now=TAKEN, limits=Limits(), json=post.is_json).spans
        ]

    def sentences(self) -> set[str]:
        """Every value in what was sent that is a text with a blank in it, prompts and answers among them."""
        found: set[str] = set()
        for post in self.posts:
            if post.is_json:
                found |= set(re.findall(r'"stringValue":\s*"((?:[^"\\\\]|\\\\.)*)"', post.content.decode()))
            else:
                found |= set(_texts(_MESSAGES[post.signal].FromString(post.content)))
        return {text for text in found if " " in text.strip() and len(text) >= 12}

    def scattered(self, chance: random.Random) -> list[bytes]:
        """The same spans in any order, over any number of posts."""
        spans = [one for body in self.bodies for one in _each(body)]
        chance.shuffle(spans)
        posts: list[bytes] = []
        while spans:
            size = chance.randint(1, max(1, len(spans)))
            posts.append(b"".join(spans[:size]))
            spans = spans[size:]
        return posts


def _protobuf(post: Body) -> bytes:
    if not post.is_json:
        return post.content
    message = ExportTraceServiceRequest()
    told = json.loads(post.content)
    for resource in told["resourceSpans"]:
        for group in resource["scopeSpans"]:
            for span in group["spans"]:
                for name in ("traceId", "spanId", "parentSpanId"):
                    if name in span:
                        span[name] = _base64(span[name])
    json_format.ParseDict(told, message, ignore_unknown_fields=True)
    return bytes(message.SerializeToString())


def _texts(message: Any) -> Iterator[str]:
    """All values of texts, wherever they are, but no names of spans."""
    for kind, value in message.ListFields():
        if kind.name == "name":
            continue
        repeated = value if hasattr(value, "append") or hasattr(value, "add") else [value]
        for one in repeated:
            if isinstance(one, str):
                yield one
            elif hasattr(one, "ListFields"):
                yield from _texts(one)


def _base64(hexadecimal: str) -> str:
    import base64

    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def _each(body: bytes) -> Iterator[bytes]:
    """One export a span; exports are joined by joining their bytes."""
    message = ExportTraceServiceRequest()
    message.ParseFromString(body)
    for resource in message.resource_spans:
        for group in resource.scope_spans:
            for span in group.spans:
                one = ExportTraceServiceRequest()
                around = one.resource_spans.add()
                around.resource.CopyFrom(resource.resource)
                inner = around.scope_spans.add()
                inner.scope.CopyFrom(group.scope)
                inner.spans.add().CopyFrom(span)
                yield bytes(one.SerializeToString())


def all_in(folder: Path, *, having: str = "") -> list[Capture]:
    return [Capture(path.parent) for path in sorted(folder.glob("*/case.json")) if having in path.parent.name]


def requests_of(facts: list[SpanFact]) -> list[Request]:
    """As the tasks do it: every unit that the spans touch, from the facts of that unit."""
    units = sorted({unit for fact in facts for unit, _ in units_of(fact)})
    found = [told.request for unit in units for told in derive(unit, [f for f in facts if belongs(f, unit)])]
    return sorted(found, key=lambda r: (r.received_at, r.request_id))


def belongs(fact: SpanFact, unit: Unit) -> bool:
    return fact.lane == unit.lane if unit.lane else fact.trace_id == unit.key
