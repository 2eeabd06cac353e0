"""From real captures posted to `/v1/traces` to the requests that a real worker derives, in whatever order they come."""

import gzip
import json
import random

import pytest
from django.db import connection
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from apps.ingest import rederive, stored_facts
from apps.organizations import access
from tests.connections import acting_as
from tests.ingest import captures
from tests.ingest.captures import Capture, requests_of
from tests.ingest.exporting import derive_now, said, shape
from tests.ingest.sender import Sender
from tests.ingest.waiting import eventually

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
    with acting_as("worker"), access.scope(sender.organization_id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_staletrace (organization_id, deployment_id, trace_id, day, marked_at) "
            "SELECT organization_id, deployment_id, trace_id, day, now() FROM traces_span WHERE deployment_id = %s",
            [sender.deployment_id],
        )


def forget_requests(sender: Sender) -> None:
    with acting_as("worker"), access.scope(sender.organization_id), connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_request WHERE deployment_id = %s", [sender.deployment_id])
        cursor.execute("DELETE FROM traces_attempt WHERE deployment_id = %s", [sender.deployment_id])


def test_a_unit_that_cannot_be_derived_is_set_aside_and_stands_in_nobodys_way(sender: Sender) -> None:
    """No post can bring such facts, so they are written past the door: a cost that is no number."""
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


def test_an_export_with_many_spans_of_one_trace_is_derived(sender: Sender) -> None:
    message = ExportTraceServiceRequest()
    message.ParseFromString(b"".join(PROXY_FALLBACK.bodies))
    assert said(sender.export(message.SerializeToString())) == ExportTraceServiceResponse()
    eventually(lambda: sender.count("traces_staletrace") == 0)
    assert sender.count("traces_request") == 1
