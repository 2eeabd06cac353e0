"""Posts as no client should send them: nearly right, broken anywhere, under any name."""

import functools
import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import zstandard
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest.adapters.litellm_otel_v2 import facts
from tests.ingest.items import attempt, item
from tests.ingest.sender import NATIVE_PATH, OTLP_PATH, PROTOBUF
from tests.ingest.test_otlp import CONTENT_KEYS

_gzip = functools.partial(gzip.compress, mtime=0)
LINES, ARRAY = "application/x-ndjson", "application/json"
KINDS = (ARRAY, LINES, PROTOBUF, "application/json; charset=utf-16", "text/plain", "", "/;")
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "identity": lambda body: body,
    "gzip": _gzip,
    "zstd": zstandard.compress,
    "": lambda body: body,
    "x-gzip": lambda body: _gzip(_gzip(body)),
    "deflate": zlib.compress,
    "gzip, gzip": _gzip,
    "br": lambda body: body,
}
STARK = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"[[]]",
    b"[" * 3_000,
    b'{"a":' * 3_000,
    b"\xef\xbb\xbf[]",
    b"\x0a\xff\xff\xff\xff\x0f",
)
PIECES = (b"", b"\0", b"\xff", b'"', b"\\", b"{", b"}", b"]", b",", b"\\ud800", b"\\u0000")
ODD_TEXTS = ("", "\0", "a\0b", "\ud800", "\udfff", "\uffff", "NaN", "1e400", "9" * 400, "=1+1", "x" * 257)
ODD_NUMBERS = (-1, 2**31, 2**63, 2**64, 10**30, 1e308, -0.0, float("nan"), float("inf"), 5e-324, 1e-12)
ODD_TIMES = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-24", "infinity", "24:00")

NOW = datetime.now(UTC).replace(microsecond=0)
"""One moment for all examples, which have to be the same when they are drawn again."""

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(ODD_TEXTS)
    | st.sampled_from(ODD_NUMBERS)
)
wild = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)
recent = st.integers(-35 * 86_400, 300).map(lambda s: (NOW + timedelta(seconds=s)).isoformat())
latin = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=20)


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """So that of a post with twenty fields the most are as they should be, and much is stored."""
    return st.integers(0, 19).flatmap(lambda n: odd if n == 13 else usual)


@dataclass(frozen=True)
class Anything:
    path: str
    body: bytes
    headers: dict[str, str]


@st.composite
def posts(draw: st.DrawFn) -> Anything:
    path = draw(st.sampled_from((NATIVE_PATH, OTLP_PATH)))
    fault = draw(st.sampled_from(["none"] * 8 + ["body", "body", "packed", "named"]))
    body, kind = draw(natives()) if path == NATIVE_PATH else (draw(exports()), PROTOBUF)
    if fault == "body":
        body = draw(broken(body) | st.binary(max_size=200) | st.sampled_from(STARK))
    coding = draw(st.sampled_from(list(PACKINGS)[: None if fault == "named" else 3]))
    packed = PACKINGS[coding](body)
    if fault == "packed":
        packed, coding = draw(broken(packed)), draw(st.sampled_from(list(PACKINGS)))
    if fault == "named":
        kind = draw(st.sampled_from(KINDS))
    headers = {"Content-Encoding": coding, "Content-Type": kind}
    if draw(st.booleans()):
        headers["Sent-At"] = draw(recent | st.sampled_from(ODD_TIMES) | latin)
    return Anything(path, packed, headers)


@st.composite
def broken(draw: st.DrawFn, body: bytes) -> bytes:
    """Cut, doubled, overwritten or lengthened in some places."""
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=6))
        twice = body[start:end] if draw(st.booleans()) else b""
        body = body[:start] + piece + twice + body[end if draw(st.booleans()) else start :]
    return body


@st.composite
def natives(draw: st.DrawFn) -> tuple[bytes, str]:
    found = [draw(spoilt()) for _ in range(draw(st.integers(1, 4)))]
    ascii_only = draw(mostly(st.just(value=True), st.just(value=False)))
    written = [json.dumps(one, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for one in found]
    if draw(st.booleans()):
        return b"\n".join(written), LINES
    return b"[" + b",".join(written) + b"]", ARRAY


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A request of which a few fields, at any depth, are anything."""
    whole = good()
    whole["request_id"] = draw(mostly(st.integers(1, 500).map("r-{}".format), st.text(max_size=300)))
    whole["received_at"] = draw(mostly(recent, st.sampled_from(ODD_TIMES)))
    first, second = whole["attempts"]
    places: list[dict[str, Any]] = [whole, first, second, second["usage"], whole["tags"]]
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2, 4)))):
        place = draw(st.sampled_from(places))
        place[draw(st.sampled_from([*place, "more"]))] = draw(wild)
    return whole


def good() -> dict[str, Any]:
    tried = attempt(status=429, error_type="rate_limit", usage=None, start_offset_ms=0.0, service_tier="batch")
    usage = {"input_tokens": 120, "cache_read_input_tokens": 20, "output_tokens": 40, "other": {"images": 1}}
    answered = attempt(start_offset_ms=900.0, cost="0.0012", currency="USD", ttft_ms=12.5, region="eu", usage=usage)
    return item(
        at=NOW,
        attempts=[tried, answered],
        serving_attempt=1,
        outcome="served",
        task="answer",
        user_facing=True,
        routing_overhead_ms=3.5,
        overhead_basis="decision_only",
        latency_ms=950.25,
        quality=0.5,
        tags={"team": "a"},
        completeness="complete",
        trace_id="t-1",
    )


unsigned, signed = st.integers(0, 2**64 - 1), st.integers(-(2**31), 2**31 - 1)
traces = st.sampled_from([bytes([n]) * 16 for n in range(1, 9)])
spans = st.sampled_from([bytes([n]) * 8 for n in range(1, 60)])
names = st.sampled_from(("route cheap", "auth /chat/completions", "chat cheap", "route ", "POST /x")) | st.text(
    max_size=8
)
keys = st.sampled_from((*facts.ATTRIBUTES, *facts.EVENT_ATTRIBUTES, *CONTENT_KEYS, "service.name"))
said = st.sampled_from(("chat", "gpt-4o", "a\0b", "/chat/completions", "RateLimitError", "fallback", "openai/gpt-4o"))


@st.composite
def exports(draw: st.DrawFn) -> bytes:
    message = ExportTraceServiceRequest()
    resource = message.resource_spans.add()
    _say(draw, resource.resource.attributes)
    group = resource.scope_spans.add()
    group.scope.name = draw(st.sampled_from(("litellm", "litellm", "langfuse", "")))
    for _ in range(draw(st.integers(1, 5))):
        span = group.spans.add(name=draw(names), kind=draw(mostly(st.integers(0, 5), signed)))
        span.trace_id = draw(mostly(traces, st.binary(max_size=17)))
        span.span_id = draw(mostly(spans, st.binary(max_size=9)))
        span.parent_span_id = draw(mostly(st.just(b"") | spans, st.binary(max_size=9)))
        start = int(NOW.timestamp()) * 10**9 - draw(st.integers(10**9, 10**14))
        span.start_time_unix_nano = draw(mostly(st.just(start), unsigned))
        span.end_time_unix_nano = draw(mostly(st.just(start + 10**8) | st.just(0), unsigned))
        span.status.code = draw(mostly(st.integers(0, 2), signed))
        if draw(st.booleans()):
            span.attributes.add(key="gen_ai.operation.name").value.string_value = "chat"
            span.attributes.add(key="litellm.call_id").value.string_value = "c-1"
        _say(draw, span.attributes)
        for _ in range(draw(st.integers(0, 2))):
            name = draw(st.just(facts.SELECTED) | st.text(max_size=4))
            _say(draw, span.events.add(name=name, time_unix_nano=draw(unsigned)).attributes)
    return bytes(message.SerializeToString())


def _say(draw: st.DrawFn, attributes: Any) -> None:
    forms: dict[str, st.SearchStrategy[Any]] = {
        "string_value": mostly(said, st.text(max_size=8)),
        "int_value": mostly(st.integers(0, 1_000), st.integers(-(2**63), 2**63 - 1)),
        "double_value": mostly(st.floats(0, 10), st.floats()),
        "bool_value": st.booleans(),
        "bytes_value": st.binary(max_size=4),
    }
    for _ in range(draw(st.integers(0, 5))):
        value, form = attributes.add(key=draw(keys)).value, draw(st.sampled_from((*forms, "list", "none")))
        if form in forms:
            setattr(value, form, draw(forms[form]))
        elif form == "list":
            value.array_value.values.add(string_value="a")
