"""LiteLLM OTel V2 against what its calls really did, as the fake upstream logged it."""

import pytest

from apps.ingest import otlp
from apps.ingest.limits import Limits
from apps.ingest.refusals import PostError
from tests.ingest import captures
from tests.ingest.captures import TAKEN, Capture, requests_of

CAPTURES = captures.all_in(captures.HERE, having="otel-v2")
each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=lambda c: c.folder.name)
OUTCOMES = {"success": "served", "error": "failed"}


def test_the_captures_are_there() -> None:
    assert len(CAPTURES) >= 14


@each_capture
def test_it_finds_every_request_with_its_outcome(capture: Capture) -> None:
    found = requests_of(capture.facts())
    assert [r.outcome for r in found] == [OUTCOMES[t["outcome"]] for t in capture.truth]
    assert len({r.request_id for r in found}) == len(found)


@each_capture
def test_it_finds_every_attempt_and_says_nothing_false_of_any(capture: Capture) -> None:
    for request, true in zip(requests_of(capture.facts()), capture.truth, strict=True):
        assert len(request.attempts) == len(true["attempts"])
        for seen, real in zip(request.attempts, true["attempts"], strict=True):
            assert seen.provider in (None, real["provider"])
            assert seen.model in (None, real["model_requested"])
            assert seen.response_model in (None, real["model_returned"], real["model_requested"])
            assert seen.status in (None, real["status"])
            assert (seen.error_type is None) == (real["outcome"] == "ok")


@each_capture
def test_what_a_chat_span_says_is_read_and_only_hidden_tries_are_unknown(capture: Capture) -> None:
    hidden = [a for r in requests_of(capture.facts()) for a in r.attempts if a.provider is None]
    middle_try_of_the_proxy = "proxy" in capture.folder.name and "fallback" in capture.folder.name
    assert len(hidden) == (1 if middle_try_of_the_proxy else 0)
    for attempt in hidden:
        assert [attempt.usage, attempt.latency_ms, attempt.status, attempt.cost, attempt.model] == [None] * 5
        assert attempt.error_type == "unknown"


@each_capture
def test_cached_tokens_are_those_of_the_provider(capture: Capture) -> None:
    for request, true in zip(requests_of(capture.facts()), capture.truth, strict=True):
        for seen, real in zip(request.attempts, true["attempts"], strict=True):
            if seen.usage is not None:
                assert seen.usage.cache_read_input_tokens == real["usage"]["cached_input"]
                assert seen.usage.cache_write_input_tokens in (None, real["usage"]["cache_write_input"])


@each_capture
def test_the_serving_attempt_is_the_one_that_answered(capture: Capture) -> None:
    for request, true in zip(requests_of(capture.facts()), capture.truth, strict=True):
        answered = [n for n, real in enumerate(true["attempts"]) if real["outcome"] == "ok"]
        assert request.serving_attempt == (answered[-1] if answered else None)


@each_capture
def test_latencies_lie_just_above_those_the_provider_measured(capture: Capture) -> None:
    """A clipped call would fail this: it lasted 1755 ms by its span, and 75 ms in truth."""
    for request, true in zip(requests_of(capture.facts()), capture.truth, strict=True):
        for seen, real in zip(request.attempts, true["attempts"], strict=True):
            if seen.latency_ms is not None:
                assert 0 <= seen.latency_ms - real["server_latency_ms"] < 60


@each_capture
def test_routing_overhead_is_measured_at_a_proxy_and_only_there_from_arrival(capture: Capture) -> None:
    for request, true in zip(requests_of(capture.facts()), capture.truth, strict=True):
        upper = true["call_to_first_upstream_arrival_ms"]
        if upper is None:
            assert (request.routing_overhead_ms, request.overhead_basis) == (None, None)
            continue
        assert request.overhead_basis == ("receive_to_dispatch" if "proxy" in capture.folder.name else "decision_only")
        assert request.routing_overhead_ms is not None
        assert 0 < request.routing_overhead_ms < upper
        if request.overhead_basis == "receive_to_dispatch":
            assert upper - request.routing_overhead_ms < 8


@each_capture
def test_it_says_how_sure_the_grouping_is(capture: Capture) -> None:
    lone_router = capture.folder.name.startswith("litellm-otel-v2__")
    for request in requests_of(capture.facts()):
        assert request.completeness == "complete"
        assert request.grouping == ("inferred" if lone_router else "explicit")


@each_capture
def test_the_first_token_is_known_of_streams_alone(capture: Capture) -> None:
    for request, true in zip(requests_of(capture.facts()), capture.truth, strict=True):
        assert bool(request.streaming) == true["stream"]
        assert (request.ttft_ms is not None) == true["stream"]
        if request.ttft_ms is not None:
            assert 0 < true["client_first_content_ms"] - request.ttft_ms < 40


def test_a_body_is_no_export_of_spans() -> None:
    for body in (b"\xff\xff\xff", b"not protobuf", b"{}"):
        with pytest.raises(PostError) as caught:
            otlp.decode(body, now=TAKEN, limits=Limits())
        assert (caught.value.status, caught.value.code) == (400, "invalid_protobuf")


def test_an_empty_export_is_no_fault() -> None:
    assert otlp.decode(b"", now=TAKEN, limits=Limits()) == otlp.Export()
