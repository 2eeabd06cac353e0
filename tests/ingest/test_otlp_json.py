"""OTLP as JSON: what differs from protobuf, and that nothing else does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest import otlp
from apps.ingest.limits import Limits
from apps.ingest.refusals import PostError
from tests.ingest import captures
from tests.ingest.captures import TAKEN, Capture
from tests.ingest.spans import at

JSON_CAPTURES = [c for c in captures.all_in(captures.HERE) if any(post.is_json for post in c.posts)]
SPAN: dict[str, Any] = {
    "traceId": "ab" * 16,
    "spanId": "cd" * 8,
    "name": "chat",
    "kind": 3,
    "startTimeUnixNano": str(at(0)),
    "endTimeUnixNano": at(1),
    "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}},
    ],
}


def decode(*spans: dict[str, Any]) -> otlp.Export:
    told = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "x"}, "spans": list(spans)}]}]}
    return otlp.decode(json.dumps(told).encode(), now=TAKEN, limits=Limits(spans=50), json=True)


@pytest.mark.parametrize("capture", JSON_CAPTURES, ids=lambda c: c.name)
def test_a_capture_says_the_same_in_both_encodings(capture: Capture) -> None:
    assert JSON_CAPTURES
    again = [span for body in capture.bodies for span in otlp.decode(body, now=TAKEN, limits=Limits()).spans]
    assert again == capture.facts() != []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "SPAN_KIND_CLIENT"},
        {"startTimeUnixNano": at(0), "endTimeUnixNano": str(at(1))},
        {"status": {}, "events": [], "parentSpanId": ""},
        {"status": None, "events": None, "parentSpanId": None, "links": [{"traceId": "x"}], "flags": 257},
        {"traceId": "AB" * 16},
        {"attributes": [*SPAN["attributes"], {"key": "deep", "value": {"kvlistValue": {"values": [{"key": "a"}]}}}]},
        {"attributes": [*SPAN["attributes"][:1], {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 12}}]},
    ],
)
def test_what_the_encoding_leaves_open_makes_no_difference(change: dict[str, Any]) -> None:
    (expected,), (found,) = decode(SPAN).spans, decode(SPAN | change).spans
    assert found == expected
    assert (expected.role, expected.attributes["gen_ai.usage.input_tokens"]) == ("llm", 12)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"traceId": "not hexadecimal"}, "invalid_id"),
        ({"spanId": None}, "invalid_id"),
        ({"startTimeUnixNano": "soon"}, "missing_field"),
        ({"startTimeUnixNano": 1e300}, "missing_field"),
        ({"attributes": [{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "-1"}}]}, "negative_value"),
    ],
)
def test_one_bad_span_is_rejected_and_the_others_are_kept(change: dict[str, Any], code: str) -> None:
    found = decode(SPAN, SPAN | change)
    assert (len(found.spans), [(r.index, r.code) for r in found.rejected]) == (1, [(1, code)])


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"resourceLogs":[]}', b'{"resourceSpans":5}', b'{"resourceSpans":[' + b"[" * 5_000, b"\xff{}"],
)
def test_what_is_no_export_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(PostError) as caught:
        otlp.decode(body, now=TAKEN, limits=Limits(), json=True)
    assert (caught.value.status, caught.value.code) == (400, "invalid_json")


@pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans":[]}', b'{"resourceSpans":null}'])
def test_nothing_is_an_export_too(body: bytes) -> None:
    assert otlp.decode(body, now=TAKEN, limits=Limits(), json=True) == otlp.Export()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "value", "intValue"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*SPAN, "status", "events", "parentSpanId"]), JSON_VALUES))
def test_no_json_raises_anything_but_a_refusal(change: dict[str, Any]) -> None:
    try:
        decode(SPAN | change)
    except PostError as refused:
        assert refused.status == 400  # noqa: PT017  # either outcome is right
