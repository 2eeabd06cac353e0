import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest import native
from apps.ingest.limits import Limits
from apps.ingest.native import Decoded
from apps.ingest.refusals import PostError
from tests.ingest.items import array, attempt, batch, item, lines

LIMITS = Limits(items=100)
GOOD = json.dumps(item("good")).encode()


def decode(body: bytes, content_type: str = "application/json") -> Decoded:
    return native.decode(body, content_type, LIMITS)


def refusal(body: bytes, content_type: str = "application/json") -> PostError:
    with pytest.raises(PostError) as caught:
        decode(body, content_type)
    return caught.value


def rejection(raw: str) -> tuple[str, str]:
    """The code and message of one item between two good ones, in an array and in lines alike."""
    in_array = decode(b"[" + GOOD + b"," + raw.encode() + b"," + GOOD + b"]")
    in_lines = decode(GOOD + b"\n" + raw.encode() + b"\n" + GOOD, "application/x-ndjson")
    assert len(in_array.requests) == len(in_lines.requests) == 2
    assert list(in_array.indexes) == list(in_lines.indexes) == [0, 2]
    assert in_array.rejected == in_lines.rejected
    (rejected,) = in_array.rejected
    assert rejected.index == 1
    return rejected.code, rejected.message


def with_field(name: str, literal: str) -> str:
    return f'{{"request_id":"bad","received_at":"2026-11-24T08:00:00Z","{name}":{literal}}}'


def with_usage(literal: str) -> str:
    return with_field("attempts", f'[{{"usage":{{"input_tokens":{literal}}}}}]')


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"])
def test_it_reads_one_request_and_a_list_alike(content_type: str) -> None:
    assert decode(GOOD, content_type).requests == decode(b"[" + GOOD + b"]", content_type).requests


def test_it_reads_lines_with_blank_ones_between_and_windows_ends() -> None:
    body = b"\n" + GOOD + b"\r\n\r\n \n" + GOOD
    assert len(decode(body, "application/x-ndjson").requests) == 2


def test_it_reads_lines_that_call_themselves_json() -> None:
    items = batch(3)
    assert [r.request_id for r in decode(lines(items)).requests] == ["r-0", "r-1", "r-2"]
    mixed = decode(b'{"broken":1}\n' + lines(items))
    assert (list(mixed.indexes), mixed.rejected[0].index) == ([1, 2, 3], 0)


@given(st.lists(st.sampled_from(["good", "unknown", "negative", "nul"]), min_size=1, max_size=12))
def test_one_bad_item_never_costs_the_others(kinds: list[str]) -> None:
    made = {
        "good": item(attempts=[attempt()]),
        "unknown": item(colour="red"),
        "negative": item(latency_ms=-1),
        "nul": item(task="a\0b"),
    }
    decoded = decode(array([made[kind] for kind in kinds]))
    assert list(decoded.indexes) == [n for n, kind in enumerate(kinds) if kind == "good"]
    assert [r.index for r in decoded.rejected] == [n for n, kind in enumerate(kinds) if kind != "good"]


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(noise: bytes) -> None:
    for body in (noise, b"[" + noise, b"[" + GOOD + b"," + noise + b"]", b"{" + noise):
        for content_type in ("application/json", "application/x-ndjson"):
            try:
                decode(body, content_type)
            except PostError as refused:
                assert refused.status in (400, 413)  # noqa: PT017  # either outcome is right


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (with_usage("1000000000"), "out_of_range"),
        (with_usage("10000000000000000000"), "out_of_range"),
        (with_usage("9" * 5_000), "out_of_range"),
        (with_usage("1.5"), "invalid_type"),
        (with_usage("true"), "invalid_type"),
        (with_usage('"12"'), "invalid_type"),
        (with_usage("-1"), "negative_value"),
        (with_usage("NaN"), "out_of_range"),
        (with_field("latency_ms", "-0.5"), "negative_value"),
        (with_field("latency_ms", "NaN"), "out_of_range"),
        (with_field("latency_ms", "Infinity"), "out_of_range"),
        (with_field("latency_ms", "-Infinity"), "out_of_range"),
        (with_field("latency_ms", "1e400"), "out_of_range"),
        (with_field("latency_ms", '"NaN"'), "invalid_type"),
        (with_field("quality", "1.01"), "out_of_range"),
        (with_field("task", '""'), "invalid_length"),
        (with_field("task", json.dumps("x" * 257)), "invalid_length"),
        (with_field("task", json.dumps("x" * 1_000_000)), "invalid_length"),
        (with_field("task", '"a\\u0000b"'), "invalid_encoding"),
        (with_field("task", '"\\ud800"'), "invalid_encoding"),
        (with_field("task", '"\\udc00x"'), "invalid_encoding"),
        (with_field("tags", json.dumps({f"k{n}": "v" for n in range(10_000)})), "too_many_attributes"),
        (with_field("tags", json.dumps({"k" * 257: "v"})), "invalid_length"),
        (with_field("colour", "1"), "unknown_field"),
        (with_field("outcome", '"maybe"'), "invalid_value"),
        (with_field("attempts", "[" + ",".join(["{}"] * 65) + "]"), "too_many_attempts"),
        (with_field("attempts", '[{"currency":"usd"}]'), "invalid_value"),
        (with_field("attempts", '[{"status":99}]'), "out_of_range"),
        ('{"received_at":"2026-11-24T08:00:00Z"}', "missing_field"),
        ('{"request_id":"a"}', "missing_field"),
        ('{"request_id":"a","received_at":"infinity"}', "invalid_time"),
        ('{"request_id":"a","received_at":"2026-11-24T08:00:00"}', "invalid_time"),
        ('{"request_id":"a","received_at":1790000000}', "invalid_type"),
        ("{}", "missing_field"),
        ("17", "invalid_type"),
        ("null", "invalid_type"),
        ('{"request_id" "a"}', "invalid_json"),
    ],
)
def test_it_rejects_an_item_with_a_code_and_what_to_do(raw: str, code: str) -> None:
    found, message = rejection(raw)
    assert found == code, message
    assert message.endswith(".")
    assert len(message) < 400


def test_it_names_the_place_of_the_fault() -> None:
    _, message = rejection(with_field("attempts", '[{},{"usage":{"output_tokens":true}}]'))
    assert message.startswith("attempts[1].usage.output_tokens: ")


def test_an_escaped_backslash_before_u0000_is_text_and_kept() -> None:
    assert decode(with_field("task", '"a\\\\u0000"').encode()).requests[0].task == "a\\u0000"


@pytest.mark.parametrize("text", ["\uffff", "\u202eabc", "a\u200db", "😀", "é" * 256])
def test_other_text_is_kept_as_it_is(text: str) -> None:
    assert decode(json.dumps(item(task=text)).encode()).requests[0].task == text
    assert decode(json.dumps(item(task=text), ensure_ascii=False).encode()).requests[0].task == text


def test_of_duplicate_keys_the_last_wins() -> None:
    raw = b'{"request_id":"a","request_id":"b","received_at":"2026-11-24T08:00:00Z"}'
    assert decode(raw).requests[0].request_id == "b"


@pytest.mark.parametrize(
    "body",
    [
        b"[" + GOOD.replace(b"good", b"\xff\xfe") + b"]",
        b"[" + GOOD.replace(b"good", b"\xed\xa0\x80") + b"]",
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.decode().encode("utf-16-le"),
        GOOD.decode().encode("utf-16-be"),
        GOOD.decode().encode("utf-32-le"),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_a_body_that_is_not_utf_8_is_refused_as_a_whole(body: bytes, content_type: str) -> None:
    assert (refusal(body, content_type).status, refusal(body, content_type).code) == (400, "invalid_encoding")


@pytest.mark.parametrize("depth", [33, 3_000, 100_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"request_id":"a","x":'])
def test_a_deep_body_is_refused_at_once(depth: int, opening: bytes) -> None:
    started = time.process_time()
    for content_type in ("application/json", "application/x-ndjson"):
        refused = refusal(opening * depth, content_type)
        assert (refused.status, refused.code) == (400, "too_deep")
    assert time.process_time() - started < 0.3  # for two decodings, of up to two megabytes


def test_depth_beyond_the_limit_inside_one_item_is_told_from_a_deep_but_allowed_one() -> None:
    allowed = with_field("x", "[" * 30 + "]" * 30)
    assert rejection(allowed)[0] == "unknown_field"
    assert refusal(b"[" + with_field("x", "[" * 31 + "]" * 31).encode() + b"]").code == "too_deep"


@pytest.mark.parametrize("body", [b"", b" \n", b"[]", b" [ ] ", b"{}", b"null", b"[\n]"])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_an_empty_body_is_refused(body: bytes, content_type: str) -> None:
    assert refusal(body, content_type).status == 400


@pytest.mark.parametrize(
    "body", [b"[" + GOOD, GOOD + b"]", b"[" + GOOD + b"]x", b"[" + GOOD + b"}", b"[" + GOOD + b"][]"]
)
def test_a_body_that_is_no_document_is_refused(body: bytes) -> None:
    decoded: Any = None
    try:
        decoded = decode(body)
    except PostError as refused:
        assert (refused.status, refused.code) == (400, "invalid_json")  # noqa: PT017  # or an item was rejected
    else:
        assert decoded.rejected


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_another_content_type_is_refused_with_what_to_send(content_type: str) -> None:
    refused = refusal(GOOD, content_type)
    assert (refused.status, refused.code) == (415, "unsupported_type")
    assert "application/json" in refused.message


@pytest.mark.parametrize("bad", [False, True])
@pytest.mark.parametrize("content_type", ["application/json", "application/x-ndjson"])
def test_it_takes_as_many_items_as_allowed_and_not_one_more(content_type: str, bad: bool) -> None:
    write = array if content_type == "application/json" else lines
    at_limit, above = batch(100), batch(101)
    if bad:
        at_limit[5]["colour"] = above[5]["colour"] = 1
    decoded = decode(write(at_limit), content_type)
    assert len(decoded.requests) + len(decoded.rejected) == 100
    refused = refusal(write(above), content_type)
    assert (refused.status, refused.code, refused.details) == (413, "too_many_items", {"limits": {"max_items": 100}})


def test_a_hostile_string_is_passed_over_once() -> None:
    started = time.perf_counter()
    refusal(b'["' + b"\\" * 3_000_001)
    decode(b'"' * 3_000_000)
    assert time.perf_counter() - started < 5
