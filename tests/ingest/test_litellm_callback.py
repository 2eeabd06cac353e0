"""`POST /v1/litellm`: rows of the callback through a real gunicorn, alone and beside the spans of the same calls."""

import json
import random
from datetime import UTC, datetime

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.ingest import callback
from apps.ingest.adapters.litellm_callback import CALL_ID
from apps.ingest.limits import Limits
from tests.ingest import captures
from tests.ingest.captures import TAKEN, Capture
from tests.ingest.captures.rows import CALLBACKS, HERE, rows_of
from tests.ingest.exporting import derive_now, shape
from tests.ingest.sender import OTLP_PATH, PROTOBUF, Answer, Sender, new_sender
from tests.ingest.waiting import eventually

PATH = "/v1/litellm"
CASES = ("fallback", "retry_ok")
ROUTER = next(c for c in CALLBACKS if c.folder.name == "litellm-generic-api__fallback")


def post(sender: Sender, body: bytes) -> Answer:
    return sender.post(body, PATH)


def bodies(name: str) -> list[bytes]:
    folder = HERE / f"litellm-proxy-generic-api__{name}"
    return [path.read_bytes() for path in sorted(folder.glob("0*.json"))]


def settle(sender: Sender) -> None:
    derive_now(sender)
    eventually(lambda: sender.count("traces_staletrace") == 0)


@pytest.mark.parametrize("capture", CALLBACKS, ids=lambda c: c.folder.name)
def test_a_capture_becomes_the_requests_that_were_made(sender: Sender, capture: Capture) -> None:
    for body in capture.case["bodies"]:
        assert post(sender, (capture.folder / body["file"]).read_bytes()).status == 200
    settle(sender)
    stored = sender.rows("traces_request", order="received_at")
    assert [r["source"] for r in stored] == ["litellm"] * len(capture.truth)
    assert sender.count("traces_attempt") == capture.case["checks"]["attempts_seen"]


@pytest.mark.parametrize("name", CASES)
def test_spans_and_rows_of_the_same_calls_are_one_request_in_any_order(sender: Sender, name: str) -> None:
    spans = Capture(captures.HERE / f"litellm-proxy-otel-v2__{name}").bodies
    rows = bodies(name)
    for body in rows:
        post(sender, body)
    settle(sender)
    assert [r["source"] for r in sender.rows("traces_request")] == ["litellm"]
    for body in spans:
        sender.export(body)
    settle(sender)
    request = sender.rows("traces_request")
    assert [(r["source"], r["completeness"]) for r in request] == [("otlp", "complete")]
    task, attempts = {"fallback": ("summarise", 3), "retry_ok": ("classify", 2)}[name]
    assert (request[0]["task"], request[0]["route"]) == (task, "cheap-first")
    assert sender.count("traces_attempt") == attempts


def test_whatever_order_the_posts_come_in_the_same_is_stored(sender: Sender, other_sender: Sender) -> None:
    spans = Capture(captures.HERE / "litellm-proxy-otel-v2__retry_ok").bodies
    posts = [(PATH, body) for body in bodies("retry_ok")] + [("/v1/traces", body) for body in spans]
    for path, body in posts:
        (sender.export(body) if path == "/v1/traces" else post(sender, body))
    settle(sender)
    for path, body in reversed(posts):
        (other_sender.export(body) if path == "/v1/traces" else post(other_sender, body))
        settle(other_sender)
    assert shape(other_sender) == shape(sender)
    assert len(shape(sender)) == 1


def test_rows_that_come_again_are_duplicates_and_change_nothing(sender: Sender) -> None:
    sent = bodies("fallback")
    assert [post(sender, body).counts for body in sent] == [(1, 0, 0, 0), (1, 0, 0, 0)]
    settle(sender)
    before = shape(sender)
    assert [post(sender, body).counts for body in sent] == [(0, 1, 0, 0), (0, 1, 0, 0)]
    settle(sender)
    assert shape(sender) == before


def test_a_broken_row_costs_no_other(sender: Sender) -> None:
    good = json.loads(bodies("fallback")[0])[0]
    lines = b"\n".join([json.dumps(good).encode(), b"{broken", b"[]", json.dumps({**good, "startTime": None}).encode()])
    answer = post(sender, lines)
    assert answer.counts == (1, 0, 0, 3)
    assert [one["code"] for one in answer.json["rejected"]] == ["invalid_json", "invalid_type", "missing_field"]
    assert sender.last_batch()["source"] == "litellm"


def test_no_prompt_and_no_person_of_a_row_is_stored(sender: Sender) -> None:
    for capture in CALLBACKS:
        post(sender, json.dumps(rows_of(capture)).encode())
    settle(sender)
    tables = ("traces_span", "traces_request", "traces_attempt", "ingest_callunit", "ingest_batch")
    kept = " ".join(str(row) for table in tables for row in sender.rows(table))
    strings = [
        *CALLBACKS[0].case["checks"]["content_strings_that_must_not_be_stored"],
        "master_key",
        "urllib",
        "default_user",
    ]
    assert [text for text in strings if text in kept] == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("litellm_call_id", "", "missing_field"),
        ("litellm_call_id", "a b\nc", "missing_field"),
        ("startTime", 4e9, "future"),
        ("startTime", 1e9, "too_old"),
        ("startTime", 1e300, "missing_field"),
        ("prompt_tokens", -1, "negative_value"),
        ("prompt_tokens", "many", "invalid_type"),
        ("response_cost", 1e9, "out_of_range"),
    ],
)
def test_a_row_that_cannot_be_a_measurement_is_refused(field: str, value: object, code: str) -> None:
    row = {**json.loads(bodies("fallback")[1])[0], field: value}
    found = callback.decode(json.dumps([row]).encode(), now=TAKEN, limits=Limits())
    assert [one.code for one in found.rejected] == [code]


def test_fields_that_are_none_of_ours_are_not_kept() -> None:
    row = json.loads(bodies("fallback")[1])[0]
    odd = {**row, "metadata": {**row["metadata"], "usage_object": "text", "requester_metadata": {"task": "x" * 300}}}
    found = callback.decode(json.dumps([odd]).encode(), now=datetime.now(UTC), limits=Limits())
    assert found.rejected == []
    assert "x" * 300 not in str(found.facts)


SHORT = {
    "litellm-otel__fallback": 2,
    "litellm-otel+app+reqspan__fallback_in_app_span": 1,
    "litellm-otel-v2__fallback": 3,
}
"""Captures of a router whose spans fall short, and how many requests they alone make of the one there was."""


def falling_short(name: str, chance: random.Random) -> list[bytes]:
    """In any order, over any number of posts. The second generation falls short when its choices are not there."""
    found = []
    for body in Capture(captures.HERE / name).scattered(chance):
        message = ExportTraceServiceRequest.FromString(body)
        for group in (g for resource in message.resource_spans for g in resource.scope_spans):
            kept = [span for span in group.spans if not span.name.startswith("route ")]
            del group.spans[:]
            group.spans.extend(kept)
        found.append(bytes(message.SerializeToString()))
    return found


def of_the_same_calls(name: str) -> list[bytes]:
    """The rows of a router as it would have sent them beside these spans, of which the first generation lacks a failure."""
    spans = sorted(Capture(captures.HERE / name).facts(), key=lambda fact: fact.started_ns)
    calls = [fact.attributes[CALL_ID] for fact in spans if CALL_ID in fact.attributes]
    calls = [calls[0], "left-out", calls[1]] if len(calls) == 2 else calls
    rows = sorted(rows_of(ROUTER), key=lambda row: row["startTime"])
    return [json.dumps([{**row, "litellm_call_id": call}]).encode() for row, call in zip(rows, calls, strict=True)]


def send_all(sender: Sender, spans: list[bytes], rows: list[bytes], chance: random.Random) -> None:
    """In any order, some of them twice, with derivations in between."""
    client = Client()
    posts = [*((OTLP_PATH, PROTOBUF, body) for body in 2 * spans), *((PATH, "application/json", body) for body in rows)]
    for path, kind, body in chance.sample(posts, len(posts)):
        answer = client.generic("POST", path, body, content_type=kind, headers={"x-api-key": sender.key})
        assert answer.status_code == 200
        if chance.random() < 0.6:
            derive_now(sender)
    derive_now(sender)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("seed", range(3))
def test_spans_that_fall_short_give_way_to_rows_that_do_not_in_any_order(name: str, seed: int) -> None:
    chance, sender = random.Random(seed), new_sender("")
    send_all(sender, falling_short(name, chance), of_the_same_calls(name), chance)
    (request,) = sender.rows("traces_request")
    assert (request["source"], request["completeness"], request["outcome"]) == ("litellm", "complete", "served")
    assert [a["n"] for a in sender.rows("traces_attempt", order="n")] == [0, 1, 2]


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("name", "requests"), SHORT.items())
def test_rows_that_lack_a_call_of_the_spans_do_not_stand_for_it(name: str, requests: int) -> None:
    """Only the row of the first failure came."""
    chance, sender = random.Random(name), new_sender("")
    send_all(sender, falling_short(name, chance), of_the_same_calls(name)[:1], chance)
    assert sender.count("traces_request") == requests
    assert sender.count("traces_attempt") == max(2, requests)
