"""Scores of answers, as OpenTelemetry's evaluation event tells them."""

import json
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse

from apps.ingest import evaluations
from apps.ingest.limits import Limits
from apps.ingest.models import Score
from apps.ingest.refusals import PostError
from apps.organizations import access
from tests.connections import acting_as
from tests.ingest import captures
from tests.ingest.captures import TAKEN, Capture
from tests.ingest.exporting import derive_now
from tests.ingest.sender import PROTOBUF, Answer, Sender
from tests.ingest.spans import at
from tests.ingest.test_scores import join_now
from tests.ingest.waiting import eventually
from tests.ingest.wire import app, call, export, span_of, trace_of

SCORED = Capture(captures.HERE / "otel-genai-evaluation__quality_scores")
ROUTER = Capture(captures.HERE / "litellm-otel-v2__ok")
EVENT = "gen_ai.evaluation.result"
NAME, VALUE, ANSWER = "gen_ai.evaluation.name", "gen_ai.evaluation.score.value", "gen_ai.response.id"


def logs(*records: dict[str, Any], event: str = EVENT) -> bytes:
    """Each record by its attributes; `trace`, `span` and `at` are where and when it was."""
    message = ExportLogsServiceRequest()
    group = message.resource_logs.add().scope_logs.add()
    for said in records:
        record = group.log_records.add(event_name=event, time_unix_nano=at(said.get("at", 1)))
        record.body.string_value = "the whole conversation"
        record.trace_id, record.span_id = (bytes.fromhex(said.get(key, "")) for key in ("trace", "span"))
        for key, value in said.items():
            if "." in key:
                kind = "string_value" if isinstance(value, str) else "double_value"
                setattr(record.attributes.add(key=key).value, kind, value)
    return bytes(message.SerializeToString())


def decode(body: bytes) -> evaluations.Evaluations:
    return evaluations.decode(body, now=TAKEN, limits=Limits(spans=50))


GOOD = {NAME: "correctness", VALUE: 0.5, ANSWER: "chatcmpl-1", "gen_ai.evaluation.explanation": "it said too much"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({VALUE: 1.5}, "out_of_range"),
        ({VALUE: -0.1}, "out_of_range"),
        ({NAME: "\n"}, "missing_field"),
        ({ANSWER: "\n"}, "missing_field"),
        ({"at": 3_600}, "future"),
        ({"at": -401 * 86_400}, "too_old"),
    ],
)
def test_one_bad_evaluation_is_rejected_and_the_others_are_kept(change: dict[str, Any], code: str) -> None:
    found = decode(logs(GOOD, GOOD | change, GOOD))
    assert ([r.index for r in found.rejected], [r.code for r in found.rejected]) == ([1], [code])
    kept = [(one.target, one.name, one.value, one.scored_at) for one in found.scores]
    assert kept == [(("response", "chatcmpl-1"), "correctness", 0.5, TAKEN.replace(second=1))] * 2


@pytest.mark.parametrize(
    "body",
    [
        logs(GOOD, event="gen_ai.choice"),
        logs({NAME: "tone", "gen_ai.evaluation.score.label": "good", ANSWER: "a"}),
        logs(GOOD | {VALUE: float("nan")}),
        b"",
    ],
    ids=["another event", "a label alone", "no number", "nothing"],
)
def test_other_records_are_passed_over(body: bytes) -> None:
    assert decode(body) == evaluations.Evaluations()


def test_an_older_client_names_the_event_in_an_attribute() -> None:
    assert len(decode(logs(GOOD | {"event.name": EVENT}, event="")).scores) == 1


def test_a_post_of_logs_has_a_bound_and_a_shape() -> None:
    with pytest.raises(PostError) as caught:
        decode(logs(*[GOOD] * 51))
    assert caught.value.status == 413
    with pytest.raises(PostError) as caught:
        decode(b"\xff\xff\xff")
    assert (caught.value.status, caught.value.code) == (400, "invalid_protobuf")


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(noise: bytes) -> None:
    for as_json in (True, False):
        try:
            evaluations.decode(noise, now=TAKEN, limits=Limits(), json=as_json)
        except PostError as refused:
            assert refused.status == 400  # noqa: PT017  # either outcome is right


def of_span(span: str, value: float, **said: Any) -> dict[str, Any]:
    return {NAME: "correctness", VALUE: value, "trace": trace_of("t"), "span": span_of(span), **said}


@pytest.mark.parametrize("told", [of_span("c", 0.5), of_span("app", 0.5), of_span("unseen", 0.5, **{ANSWER: "a-1"})])
def test_a_score_is_found_by_the_call_by_the_one_span_above_it_or_by_the_answer(
    sender: Sender, told: dict[str, Any]
) -> None:
    sender.export(export(app(), call("c", 0, 1, said={ANSWER: "a-1"})))
    settle(sender)
    assert sender.post(logs(told), "/v1/logs", Content_Type=PROTOBUF).status == 200
    settle(sender)
    assert qualities(sender) == [0.5]


def test_a_score_of_a_span_above_several_requests_is_of_none_of_them(sender: Sender) -> None:
    sender.export(export(app(), call("c1", 0, 1), call("c2", 2, 3)))
    settle(sender)
    sender.post(logs(of_span("app", 1.0), of_span("c2", 0.0)), "/v1/logs", Content_Type=PROTOBUF)
    settle(sender)
    assert qualities(sender) == [None, 0]


def qualities(sender: Sender) -> list[float | None]:
    return [row["quality"] for row in sender.rows("traces_request", order="received_at")]


def post(sender: Sender, capture: Capture, signal: str) -> list[Answer]:
    return [sender.post(p.content, p.path, Content_Type=p.content_type) for p in capture.posts if p.signal == signal]


def settle(sender: Sender) -> None:
    """Everything derived, and every score that waits looked for."""
    derive_now(sender)
    eventually(lambda: sender.count("traces_staletrace") == 0)
    with acting_as("worker"), access.scope(sender.organization_id):
        Score.objects.filter(request_id=None).update(due_at=timezone.now())
    join_now(sender)


@pytest.mark.parametrize("order", [("traces", "logs"), ("logs", "traces")])
def test_scores_are_joined_whichever_comes_first_and_a_second_time_change_nothing(
    sender: Sender, order: tuple[str, str]
) -> None:
    for signal in order:
        for answer in post(sender, SCORED, signal):
            assert (answer.status, answer.body) == (200, b"")
        settle(sender)
    assert qualities(sender) == [1.0, 0.0, 0.5]
    marks = sender.rows("traces_stalehour", "max(id) m")
    post(sender, SCORED, "logs")
    settle(sender)
    assert (sender.last_batch()["source"], sender.last_batch()["duplicate"], sender.count("ingest_score")) == (
        "scores",
        3,
        3,
    )
    assert sender.rows("traces_stalehour", "max(id) m") == marks
    assert "Synthetic explanation" not in str(sender.rows("ingest_score"))


def test_a_score_of_a_span_that_stands_alone_finds_its_request_in_the_process_it_came_from(sender: Sender) -> None:
    post(sender, ROUTER, "traces")
    settle(sender)
    (span,) = [s for s in ROUTER.facts() if s.role == "llm"]
    told = GOOD | {"trace": span.trace_id, "span": span.span_id, "at": (span.started_ns - at(0)) / 1e9 + 3}
    assert sender.post(logs(told), "/v1/logs", Content_Type=PROTOBUF).status == 200
    settle(sender)
    assert qualities(sender) == [0.5]


def test_a_rejected_evaluation_is_a_partial_success_in_either_encoding(sender: Sender) -> None:
    answer = sender.post(logs(GOOD, GOOD | {VALUE: 5.0}), "/v1/logs", Content_Type=PROTOBUF)
    response = ExportLogsServiceResponse()
    response.ParseFromString(answer.body)
    assert (answer.status, response.partial_success.rejected_log_records) == (200, 1)
    told = [{"key": NAME, "value": {"stringValue": "x"}}, {"key": VALUE, "value": {"intValue": "7"}}]
    record = {"eventName": EVENT, "timeUnixNano": str(at(0)), "attributes": told}
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).encode()
    said = sender.post(body, "/v1/logs").json["partialSuccess"]
    assert (said["rejectedLogRecords"], "out_of_range" in said["errorMessage"]) == ("1", True)
    assert sender.last_batch()["reasons"] == {"out_of_range": 1}


def test_logs_that_hold_no_evaluation_are_taken_and_leave_nothing(sender: Sender) -> None:
    assert sender.post(logs(GOOD, event="gen_ai.choice"), "/v1/logs", Content_Type=PROTOBUF).status == 200
    assert (sender.count("ingest_batch"), sender.count("ingest_score")) == (0, 0)
    assert sender.post(b"not protobuf", "/v1/logs", Content_Type=PROTOBUF).status == 400
    assert sender.post(b"{}", "/v1/logs").json == {}
