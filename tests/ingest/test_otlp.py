"""What is taken from OTLP bytes and what is not."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest import otlp
from apps.ingest.limits import Limits
from apps.ingest.refusals import PostError
from tests.ingest.captures import TAKEN
from tests.ingest.spans import NOON_NS

Fill = Callable[[Any], object]
LIMITS = Limits(spans=50)
CONTENT_KEYS = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.retrieval.query.text",
    "gen_ai.prompt",
    "gen_ai.prompt.0.content",
    "gen_ai.completion",
    "input.value",
    "output.value",
    "llm.input_messages.0.message.content",
    "llm.invocation_parameters",
    "metadata",
    "traceloop.entity.input",
    "traceloop.entity.output",
    "messages",
    "response",
    "langfuse.observation.input",
    "langfuse.observation.output",
    "error.message",
    "exception.message",
    "litellm.provider.error.stack_trace",
    "http.url",
    "http.request.body",
    "pydantic_ai.all_messages",
    "ai.prompt",
    "unheard.of",
)
CANARY = "the canary sings of Project Nightingale"


def export(*fills: Fill, scope: str = "litellm", at_ns: int = NOON_NS) -> bytes:
    """One good span of LiteLLM for each `fill`, which may spoil it."""
    message = ExportTraceServiceRequest()
    group = message.resource_spans.add().scope_spans.add()
    group.scope.name = scope
    for number, fill in enumerate(fills, start=1):
        span = group.spans.add(trace_id=b"t" * 16, span_id=number.to_bytes(8, "big"), name="chat cheap", kind=3)
        span.start_time_unix_nano, span.end_time_unix_nano = at_ns - 10**9, at_ns - 10**8
        say(span, "gen_ai.operation.name", "chat")
        say(span, "litellm.call_id", "c-1")
        fill(span)
    return bytes(message.SerializeToString())


def say(span: Any, key: str, value: object) -> None:
    attribute = span.attributes.add(key=key)
    kind = {str: "string_value", int: "int_value", float: "double_value", bool: "bool_value"}[type(value)]
    setattr(attribute.value, kind, value)


def good(span: Any) -> None:
    say(span, "gen_ai.usage.input_tokens", 120)


def saying(key: str, value: object) -> Fill:
    return lambda span: say(span, key, value)


def setting(**values: object) -> Fill:
    def fill(span: Any) -> None:
        for key, value in values.items():
            setattr(span, key, value)

    return fill


def crowded(span: Any) -> None:
    for number in range(5_000):
        say(span, f"k{number}", "v")


def decode(body: bytes) -> otlp.Export:
    return otlp.decode(body, now=TAKEN, limits=LIMITS)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (setting(trace_id=b"short"), "invalid_id"),
        (setting(span_id=b"\0" * 8), "invalid_id"),
        (setting(start_time_unix_nano=0), "missing_field"),
        (setting(end_time_unix_nano=NOON_NS - 2 * 10**9), "negative_value"),
        (setting(start_time_unix_nano=NOON_NS + 11 * 60 * 10**9, end_time_unix_nano=0), "future"),
        (setting(end_time_unix_nano=2**63), "future"),
        (setting(start_time_unix_nano=NOON_NS - 401 * 86_400 * 10**9), "too_old"),
        (saying("gen_ai.usage.input_tokens", -1), "negative_value"),
        (saying("gen_ai.usage.output_tokens", 10**9), "out_of_range"),
        (saying("litellm.cost.total", float("nan")), "out_of_range"),
        (saying("litellm.cost.total", float("inf")), "out_of_range"),
        (saying("litellm.cost.total", -0.5), "negative_value"),
        (saying("gen_ai.response.time_to_first_chunk", float("-inf")), "out_of_range"),
        (crowded, "too_many_attributes"),
    ],
)
def test_one_bad_span_is_rejected_and_the_others_are_kept(spoil: Fill, code: str) -> None:
    found = decode(export(good, spoil, good))
    assert [span.span_id[-1] for span in found.spans] == ["1", "3"]
    assert [(r.index, r.code) for r in found.rejected] == [(1, code)]
    assert found.rejected[0].message.endswith(".")


@pytest.mark.parametrize("value", ["12", 1.5, True])
def test_a_count_of_another_type_is_not_known(value: object) -> None:
    (span,) = decode(export(saying("gen_ai.usage.input_tokens", value))).spans
    assert "gen_ai.usage.input_tokens" not in span.attributes


def test_no_content_is_kept_whatever_it_is_called() -> None:
    def tell_all(span: Any) -> None:
        for key in CONTENT_KEYS:
            say(span, key, CANARY)
        span.status.code, span.status.message = 2, CANARY
        span.trace_state = CANARY
        span.events.add(name=CANARY).attributes.add(key="exception.message").value.string_value = CANARY
        span.events.add(name="exception").attributes.add(key="exception.message").value.string_value = CANARY
        nested = span.attributes.add(key="gen_ai.request.model").value.kvlist_value.values.add(key="a")
        nested.value.string_value = CANARY

    for scope in ("litellm", "my app", "opentelemetry.instrumentation.fastapi"):
        found = decode(export(tell_all, setting(name=CANARY), setting(name=CANARY, kind=2), scope=scope))
        assert len(found.spans) == 3
        assert "canary" not in msgspec.json.encode(found.spans).decode()


@pytest.mark.parametrize(
    "key", ["error.type", "litellm.provider.error.code", "litellm.call_id", "gen_ai.operation.name"]
)
def test_a_sentence_is_not_taken_for_a_class_or_a_code(key: str) -> None:
    (span,) = decode(export(saying(key, CANARY))).spans
    assert CANARY not in span.attributes.values()


def test_a_path_is_kept_only_as_what_it_asks_for() -> None:
    def ask(span: Any) -> None:
        del span.attributes[:]
        span.kind = 2
        say(span, "http.target", "/v1/chat/completions?key=secret")

    (span,) = decode(export(ask, scope="some server")).spans
    assert span.attributes == {"operation": "chat"}


@given(st.text(max_size=300))
def test_a_name_is_kept_only_when_a_database_can_keep_it(name: str) -> None:
    try:
        body = export(saying("litellm.provider.model", name))
    except UnicodeEncodeError:
        return
    (span,) = decode(body).spans
    kept = span.attributes.get("litellm.provider.model", "x")
    assert "\0" not in kept
    assert 1 <= len(kept) <= 256


def test_logs_are_told_what_they_are() -> None:
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=NOON_NS, severity_text="INFO")
    record.body.string_value = CANARY
    with pytest.raises(PostError) as caught:
        decode(logs.SerializeToString())
    assert (caught.value.status, caught.value.code) == (400, "logs_not_spans")
    assert "OTEL_LOGS_EXPORTER=none" in caught.value.message


def test_a_post_has_a_bound() -> None:
    assert len(decode(export(*[good] * 50)).spans) == 50
    with pytest.raises(PostError) as caught:
        decode(export(*[good] * 51))
    assert (caught.value.status, caught.value.details) == (413, {"limits": {"max_spans": 50}})


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(noise: bytes) -> None:
    for body in (noise, export(good)[:-3] + noise):
        try:
            decode(body)
        except PostError as refused:
            assert refused.status == 400  # noqa: PT017  # either outcome is right
