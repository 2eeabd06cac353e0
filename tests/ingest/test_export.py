"""What `POST /v1/traces` and its neighbours answer over HTTP, through a real gunicorn, and what they never keep."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceResponse,
)

from tests.ingest import captures
from tests.ingest.captures import Capture
from tests.ingest.exporting import export, said
from tests.ingest.sender import PROTOBUF, Sender
from tests.ingest.test_otlp import CANARY, CONTENT_KEYS, good, say, saying
from tests.ingest.waiting import eventually

CAPTURES = captures.all_in(captures.HERE)


def test_one_bad_span_is_a_partial_success(sender: Sender) -> None:
    answer = said(sender.export(export(*[good] * 20, saying("gen_ai.usage.input_tokens", -1), *[good] * 20)))
    assert answer.partial_success.rejected_spans == 1
    assert "negative_value" in answer.partial_success.error_message
    assert sender.count("traces_span") == 40
    assert sender.last_batch()["reasons"] == {"negative_value": 1}


def test_nothing_is_a_success_and_says_so(sender: Sender) -> None:
    assert said(sender.export(b"")) == ExportTraceServiceResponse()


def test_spans_of_no_client_that_is_read_are_kept_with_a_hint(sender: Sender) -> None:
    def strange(span: Any) -> None:
        del span.attributes[:]
        say(span, "gen_ai.system", "openai")

    answer = said(sender.export(export(strange, strange, scope="somebody's own")))
    assert answer.partial_success.rejected_spans == 0
    assert "2 spans" in answer.partial_success.error_message
    assert "LITELLM_OTEL_V2" in answer.partial_success.error_message
    assert sender.count("traces_span") == 2


def test_logs_are_refused_as_a_whole_with_a_hint(sender: Sender) -> None:
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=1_795_521_600 * 10**9)
    record.body.string_value = CANARY
    answer = sender.export(logs.SerializeToString())
    assert (answer.status, answer.headers["content-type"]) == (400, PROTOBUF)
    assert b"OTEL_LOGS_EXPORTER=none" in answer.body
    assert CANARY.encode() not in answer.body
    assert sender.last_batch()["refused"] == "logs_not_spans"


@pytest.mark.parametrize("body", [b"not protobuf", b"\xff" * 100])
def test_what_is_no_protobuf_is_refused(sender: Sender, body: bytes) -> None:
    assert sender.export(body).status == 400


def test_what_is_neither_protobuf_nor_json_is_refused_with_what_to_set(sender: Sender) -> None:
    answer = sender.export(b"resourceSpans", Content_Type="text/plain")
    assert (answer.status, answer.code) == (415, "unsupported_type")
    assert "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf" in answer.json["message"]


def test_json_is_answered_in_json(sender: Sender) -> None:
    empty = sender.export(b'{"resourceSpans":[]}', Content_Type="application/json", X_Test_Connection="true")
    assert (empty.status, empty.json) == (200, {})
    assert sender.count("traces_span") == 0
    broken = sender.export(b'{"resourceSpans":', Content_Type="application/json; charset=utf-8")
    assert (broken.status, broken.code) == (400, "invalid_json")
    bad = {"traceId": "zz", "spanId": "01", "name": CANARY}
    answer = sender.export(
        json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [bad]}]}]}).encode(), Content_Type="application/json"
    )
    assert answer.json["partialSuccess"]["rejectedSpans"] == "1"
    assert "invalid_id" in answer.json["partialSuccess"]["errorMessage"]


def test_langfuses_clients_post_where_they_are_used_to_with_a_public_and_a_secret_key(sender: Sender) -> None:
    (post,) = Capture(captures.HERE / "langfuse__ok").posts
    basic = base64.b64encode(f"pk-lf-public:{sender.key}".encode()).decode()
    answer = sender.post(post.content, post.path, Content_Type=post.content_type, Authorization=f"Basic {basic}")
    assert said(answer) == ExportTraceServiceResponse()
    assert sender.count("traces_span") == 1
    assert sender.post(post.content, post.path, Authorization="Basic cGs6c2s=").status == 401


@pytest.mark.parametrize(("content_type", "empty"), [(PROTOBUF, b""), ("application/json", b"{}")])
def test_metrics_are_taken_and_not_stored(sender: Sender, content_type: str, empty: bytes) -> None:
    answer = sender.post(CANARY.encode(), "/v1/metrics", Content_Type=content_type)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, content_type, empty)
    assert sender.count("ingest_batch") == 0
    assert sender.post(b"", "/v1/metrics", Authorization="Bearer nobody").status == 401


@dataclass(frozen=True)
class Exporter:
    """OpenTelemetry's own exporter, as an application would set it up."""

    sender: Sender
    headers: dict[str, str]

    def send(self) -> Any:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        memory, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(memory))
        with provider.get_tracer("litellm").start_as_current_span("route cheap"):
            pass
        exporter = OTLPSpanExporter(endpoint=f"{self.sender.url}/v1/traces", headers=self.headers)
        return exporter.export(memory.get_finished_spans())


@pytest.mark.parametrize("form", ["Bearer {}", "x-api-key"])
def test_opentelemetrys_own_exporter_is_content_with_the_answer(sender: Sender, form: str) -> None:
    from opentelemetry.sdk.trace.export import SpanExportResult

    headers = {"x-api-key": sender.key} if form == "x-api-key" else {"Authorization": form.format(sender.key)}
    assert Exporter(sender, headers).send() is SpanExportResult.SUCCESS
    assert sender.count("traces_span") == 1


def test_no_prompt_and_no_answer_is_anywhere_in_the_database_or_the_logs(sender: Sender) -> None:
    """Row by row of a whole dump: the captures' own texts, and a canary under every name content is known by."""
    from tests import environment

    def tell_all(span: Any) -> None:
        for key in CONTENT_KEYS:
            say(span, key, CANARY)
        span.name, span.status.message = CANARY, CANARY
        span.events.add(name="exception").attributes.add(key="exception.message").value.string_value = CANARY

    for scope in ("litellm", "opentelemetry.instrumentation.openai", "app"):
        sender.export(export(tell_all, scope=scope))
    native = {"request_id": "a", "received_at": "2026-11-24T08:00:00Z", "messages": [CANARY], "response": CANARY}
    sender.send([native])
    sender.post(b'[{"request_id": "' + CANARY.encode() + b'", "broken')
    forbidden = {CANARY, "site-packages"}
    for capture in CAPTURES:
        forbidden |= set(capture.checks["content_strings_that_must_not_be_stored"]) | capture.sentences()
        for post in capture.posts:
            assert sender.post(post.content, post.path, Content_Type=post.content_type).status == 200
    eventually(lambda: sender.count("traces_staletrace") == 0)
    dump = whole_database()
    assert sender.rows("traces_request")[0]["request_id"] in dump
    assert [text for text in sorted(forbidden) if text in dump] == []
    logs = "".join(path.read_text(errors="replace") for path in Path(environment.HOME).glob("*.log"))
    assert [text for text in sorted(forbidden - {"site-packages"}) if text in logs] == []


def whole_database() -> str:
    """Every row of every table, as the cluster's superuser sees it."""
    import psycopg

    from tests import environment
    from tollmark.embedded.postgres import Postgres

    url = Postgres(environment.HOME, durable=False, port=environment.port_of(environment.POSTGRES_PORT)).url("tollmark")
    with psycopg.connect(url) as admin:
        tables = admin.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return "\n".join(
            str(row) for (table,) in tables for row in admin.execute(f"SELECT t::text FROM {table} t").fetchall()
        )
