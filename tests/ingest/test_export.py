"""`POST /v1/traces` over HTTP: real captures through a real gunicorn and a real worker."""

import base64
import gzip
import json
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from apps.ingest import rederive, stored_facts
from tests.connections import acting_as
from tests.ingest import captures
from tests.ingest.captures import Capture, requests_of
from tests.ingest.sender import PROTOBUF, Answer, Sender
from tests.ingest.test_otlp import CANARY, CONTENT_KEYS, Fill, good, say, saying
from tests.ingest.test_otlp import export as export_at
from tests.ingest.waiting import eventually

CAPTURES = captures.all_in(captures.HERE)
ONE_OF_EACH_KIND = [
    Capture(captures.HERE / name)
    for name in (
        "litellm-otel-v2__fallback_chain",
        "litellm-proxy-otel-v2__agent",
        "litellm-proxy-otel-v2-nofastapi__fallback",
        "litellm-proxy-otel__fallback",
        "openinference-litellm__agent",
        "otel-genai-openai+httpx__agent",
        "pydantic-ai__fallback",
        "traceloop-anthropic__stream",
        "vercel-ai-sdk-json__stream",
    )
]
PROXY_FALLBACK = Capture(captures.HERE / "litellm-proxy-otel-v2__fallback")


def export(*fills: Fill, scope: str = "litellm") -> bytes:
    return export_at(*fills, scope=scope, at_ns=time.time_ns())


def said(answer: Answer) -> ExportTraceServiceResponse:
    assert (answer.status, answer.headers["content-type"]) == (200, PROTOBUF), answer.body
    response = ExportTraceServiceResponse()
    response.ParseFromString(answer.body)
    return response


def derive_now(sender: Sender) -> int:
    with acting_as("worker"):
        return rederive.rederive(
            organization_id=sender.organization_id, deployment_id=sender.deployment_id, now=datetime.now(UTC)
        )


def shape(sender: Sender) -> list[tuple[Any, ...]]:
    """What is stored, without when: request, then its attempts."""
    requests = sender.rows("traces_request", order="received_at, request_id")
    attempts = sender.rows("traces_attempt", order="received_at, request_id, n")
    return [
        (
            r["request_id"],
            r["received_at"],
            r["outcome"],
            r["serving_attempt"],
            r["completeness"],
            r["grouping"],
            r["routing_overhead_us"],
            r["content_hash"],
            tuple(
                (
                    a["n"],
                    a["provider"],
                    a["model"],
                    a["status"],
                    a["error_type"],
                    a["input_tokens"],
                    a["reported_cost_nano"],
                )
                for a in attempts
                if a["request_id"] == r["request_id"]
            ),
        )
        for r in requests
    ]


@pytest.mark.parametrize("capture", ONE_OF_EACH_KIND, ids=lambda c: c.name)
def test_a_capture_becomes_the_requests_that_were_made(sender: Sender, capture: Capture) -> None:
    for post in capture.posts:
        answer = sender.post(post.content, post.path, Content_Type=post.content_type)
        assert (answer.status, answer.headers["content-type"]) == (200, post.content_type)
        assert answer.body == (b"{}" if post.is_json else b"")
    eventually(lambda: sender.count("traces_staletrace") == 0)
    expected = requests_of(capture.facts())
    stored = sender.rows("traces_request", order="received_at, request_id")
    assert [(r["request_id"], r["outcome"], r["source"]) for r in stored] == [
        (e.request_id, e.outcome, "otlp") for e in expected
    ]
    assert sender.count("traces_attempt") == sum(len(e.attempts) for e in expected)
    assert {row["hour"] for row in sender.rows("traces_stalehour")} <= {
        r["received_at"].replace(minute=0, second=0, microsecond=0) for r in stored
    }


@pytest.mark.parametrize(
    "name",
    [
        "litellm-proxy-otel-v2__agent",
        "litellm-otel-v2__fallback_chain",
        "litellm-proxy-otel__agent",
        "openinference-litellm__agent",
        "traceloop-anthropic__ok_cache",
    ],
)
def test_the_order_and_splitting_of_posts_and_derivations_between_them_change_nothing(
    sender: Sender, other_sender: Sender, name: str
) -> None:
    capture, chance = Capture(captures.HERE / name), random.Random(name)
    for body in capture.bodies:
        sender.export(body)
    derive_now(sender)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    for body in capture.scattered(chance) + capture.scattered(chance):
        other_sender.export(body)
        derive_now(other_sender)
    eventually(lambda: other_sender.count("traces_staletrace") == 0)
    assert shape(sender) == shape(other_sender) != []


def test_a_late_server_span_replaces_what_was_told_before_it(sender: Sender) -> None:
    *early, late = PROXY_FALLBACK.bodies
    for body in early:
        sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    (before,) = sender.rows("traces_request")
    assert (before["completeness"], before["outcome"]) == ("lower_bound", None)
    sender.export(late)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    (after,) = sender.rows("traces_request")
    assert (after["completeness"], after["outcome"], after["serving_attempt"]) == ("complete", "served", 2)
    assert after["request_id"] == before["request_id"]
    assert sender.count("traces_attempt") == 3


def test_a_post_that_comes_again_is_a_duplicate_and_makes_nothing_stale(sender: Sender) -> None:
    (body,) = Capture(captures.HERE / "litellm-proxy-otel-v2__ok").bodies
    sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    marks, spans = sender.rows("traces_stalehour", "max(id) m"), sender.count("traces_span")
    assert said(sender.export(gzip.compress(body), Content_Encoding="gzip")) == ExportTraceServiceResponse()
    assert sender.count("traces_span") == spans
    assert sender.count("traces_staletrace") == 0
    assert sender.rows("traces_stalehour", "max(id) m") == marks
    assert (sender.last_batch()["accepted"], sender.last_batch()["duplicate"]) == (0, spans)


def test_the_same_trace_of_two_tenants_is_two(sender: Sender, other_sender: Sender) -> None:
    for body in PROXY_FALLBACK.bodies:
        sender.export(body)
        other_sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") + other_sender.count("traces_staletrace") == 0)
    assert shape(sender) == shape(other_sender) != []


def test_deriving_again_what_did_not_change_writes_nothing(sender: Sender) -> None:
    for body in PROXY_FALLBACK.bodies:
        sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    before = sender.rows("traces_request", "ingested_at, xmin")
    mark_all(sender)
    assert derive_now(sender) <= 1
    eventually(lambda: sender.count("traces_staletrace") == 0)
    assert sender.rows("traces_request", "ingested_at, xmin") == before


def mark_all(sender: Sender) -> None:
    from django.db import connection

    from apps.organizations import access

    with acting_as("worker"), access.scope(sender.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_staletrace (organization_id, deployment_id, trace_id, day, marked_at) "
            "SELECT organization_id, deployment_id, trace_id, day, now() FROM traces_span WHERE deployment_id = %s",
            [sender.deployment_id],
        )


def forget_requests(sender: Sender) -> None:
    from django.db import connection

    from apps.organizations import access

    with acting_as("worker"), access.scope(sender.organization_id), connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_request WHERE deployment_id = %s", [sender.deployment_id])
        cursor.execute("DELETE FROM traces_attempt WHERE deployment_id = %s", [sender.deployment_id])


def test_a_unit_that_cannot_be_derived_is_set_aside_and_stands_in_nobodys_way(sender: Sender) -> None:
    """No post can bring such facts, so they are written past the door: a cost that is no number."""
    import json

    from django.db import connection

    from apps.organizations import access

    (body,) = Capture(captures.HERE / "litellm-proxy-otel-v2__ok").bodies
    sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    spoilt = {"litellm.cost.total": "much", "gen_ai.usage.input_tokens": 1, "operation": "chat"}
    with acting_as("worker"), access.scope(sender.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_span (organization_id, deployment_id, day, trace_id, span_id, dialect, role, kind, started_ns,"
            " status_code, attributes, events, ingested_at) SELECT organization_id, deployment_id, day, 'spoilt', span_id,"
            " 'litellm_otel_v2', 'llm', 3, started_ns, 0, %s, '[]', now() FROM traces_span WHERE deployment_id = %s LIMIT 1",
            [json.dumps(spoilt), sender.deployment_id],
        )
    forget_requests(sender)
    mark_all(sender)
    derive_now(sender)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    assert [(row["unit"], row["error"]) for row in sender.rows("ingest_setaside")] == [("spoilt", "InvalidOperation")]
    assert sender.count("traces_request") == sender.count("traces_attempt") == 1


def test_units_with_more_facts_than_are_held_at_once_are_derived_in_parts(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    captured = [Capture(captures.HERE / f"litellm-proxy-otel-v2__{name}") for name in ("fallback", "ok", "retry_ok")]
    for body in [body for capture in captured for body in capture.bodies]:
        sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    whole, largest = shape(sender), max(len(capture.facts()) for capture in captured)
    for module in (rederive, stored_facts):
        monkeypatch.setattr(module, "MOST_FACTS", largest + 1)
    forget_requests(sender)
    mark_all(sender)
    derive_now(sender)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    assert shape(sender) == whole
    assert len(whole) == len(captured)


def test_a_request_posted_under_the_same_id_came_first_and_is_kept(sender: Sender) -> None:
    (derived,) = requests_of(PROXY_FALLBACK.facts())
    posted = {"request_id": derived.request_id, "received_at": derived.received_at.isoformat(), "task": "posted"}
    assert sender.send([posted]).counts == (1, 0, 0, 0)
    for body in PROXY_FALLBACK.bodies:
        sender.export(body)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    (row,) = sender.rows("traces_request")
    assert (row["task"], row["source"], sender.count("traces_attempt")) == ("posted", "native", 0)


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


def test_an_export_with_many_spans_of_one_trace_is_derived(sender: Sender) -> None:
    message = ExportTraceServiceRequest()
    message.ParseFromString(b"".join(PROXY_FALLBACK.bodies))
    assert said(sender.export(message.SerializeToString())) == ExportTraceServiceResponse()
    eventually(lambda: sender.count("traces_staletrace") == 0)
    assert sender.count("traces_request") == 1
