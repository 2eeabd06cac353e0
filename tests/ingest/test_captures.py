"""Every client's spans against what its calls really did, as the fake upstream logged it."""

import random
from typing import Any

import msgspec
import pytest

from apps.ingest import otlp
from apps.ingest.adapters import kept
from apps.ingest.limits import Limits
from apps.ingest.resolve import OTLP, Owner, name_of, resolve
from apps.traces.nouns import Attempt, Request
from tests.ingest import captures
from tests.ingest.captures import TAKEN, Capture, requests_of

CAPTURES = captures.all_in(captures.HERE)
each_capture = pytest.mark.parametrize("capture", CAPTURES, ids=lambda c: c.name)
OUTCOMES = {"success": "served", "error": "failed"}
SEEN_FROM = {"traceloop-anthropic__stream": 6}
"""Output tokens that can be known although the client's own count is wrong: another span of the call has the right one."""


def attempts_of(requests: list[Request]) -> list[Attempt]:
    return [attempt for request in requests for attempt in request.attempts]


def matched(capture: Capture) -> list[tuple[Request, dict[str, Any]]]:
    """Requests beside what is true of them, where as many were found as there were."""
    found = requests_of(capture.facts())
    return list(zip(found, capture.truth, strict=True)) if len(found) == len(capture.truth) else []


def test_the_captures_are_there() -> None:
    assert len(CAPTURES) >= 70


@each_capture
def test_no_span_of_a_real_client_is_rejected(capture: Capture) -> None:
    for post in capture.posts:
        if post.signal == "traces":
            export = otlp.decode(post.content, now=TAKEN, limits=Limits(), json=post.is_json)
            assert (export.rejected, export.unread) == ([], 0)


@each_capture
def test_it_finds_as_many_requests_and_attempts_as_can_be_known_and_never_more_than_there_were(
    capture: Capture,
) -> None:
    found, checks = requests_of(capture.facts()), capture.checks
    assert len(found) == checks.get("logical_count_seen", checks["logical_count_true"])
    assert len({r.request_id for r in found}) == len(found)
    known = checks.get("attempts_seen", checks["attempts_true"]) + checks.get("attempts_hidden_but_counted", 0)
    assert len(attempts_of(found)) == known <= checks["attempts_true"]


@each_capture
def test_it_says_how_much_is_known(capture: Capture) -> None:
    read = [(OUTCOMES[r["outcome"]], r["attempts_completeness"], r["grouping"]) for r in capture.reading]
    found = requests_of(capture.facts())
    if read:
        assert sorted((r.outcome or "", r.completeness, r.grouping) for r in found) == sorted(read)


@each_capture
def test_tokens_are_exact_and_those_of_failed_calls_unknown(capture: Capture) -> None:
    checks, attempts = capture.checks, attempts_of(requests_of(capture.facts()))
    told = [a.usage for a in attempts if a.usage is not None]
    tokens_in = checks.get("input_tokens_recoverable", checks["input_tokens_true"])
    tokens_out = checks.get("output_tokens_recoverable", checks["output_tokens_true"])
    assert sum(u.input_tokens or 0 for u in told) == (tokens_in or 0)
    assert sum(u.output_tokens or 0 for u in told) == SEEN_FROM.get(capture.name, tokens_out or 0)
    assert all(a.usage is None and a.cost is None for a in attempts if a.error_type is not None)
    assert not any(u.input_tokens == u.output_tokens == 0 for u in told)
    assert all(a.cost is None or a.cost > 0 for a in attempts)


@each_capture
def test_routing_overhead_is_told_where_it_can_be_known_and_below_its_bound(capture: Capture) -> None:
    found = requests_of(capture.facts())
    can_be = capture.checks.get("routing_overhead_recoverable", False)
    assert any(r.routing_overhead_ms is not None for r in found) == can_be
    for request, true in matched(capture):
        if request.routing_overhead_ms is not None:
            assert 0 < request.routing_overhead_ms < true["call_to_first_upstream_arrival_ms"]
            assert request.overhead_basis == ("receive_to_dispatch" if "proxy" in capture.name else "decision_only")


@each_capture
def test_nothing_false_is_said_of_any_attempt(capture: Capture) -> None:
    for request, true in matched(capture):
        assert request.outcome == OUTCOMES[true["outcome"]]
        whole = len(request.attempts) == len(true["attempts"])
        pairs = zip(request.attempts, true["attempts"], strict=True) if whole else ()
        for seen, real in pairs:
            name = name_of(seen.provider, seen.model)
            assert name.provider in (None, name_of(real["provider"], None).provider)
            assert seen.model in (None, real["model_requested"], real.get("model_returned"))
            assert seen.response_model in (None, real.get("model_returned"), real["model_requested"])
            assert seen.status in (None, real["status"])
            assert (seen.error_type is None) == (real["outcome"] == "ok")
            if seen.usage is not None:
                assert seen.usage.cache_read_input_tokens in (None, real["usage"]["cached_input"])
                assert seen.usage.cache_write_input_tokens in (None, real["usage"]["cache_write_input"])
                assert seen.usage.reasoning_output_tokens in (None, real["usage"]["reasoning"])


@each_capture
def test_of_what_served_the_last_answer_is_known(capture: Capture) -> None:
    for request, true in matched(capture):
        if request.outcome == "served":
            assert request.serving_attempt is not None
            serving, real = request.attempts[request.serving_attempt], true["attempts"][-1]
            assert serving.error_type is None
            assert name_of(None, serving.model).model == name_of(None, real["model_requested"]).model
            assert name_of(serving.provider, None).provider in (None, real["provider"].lower())


@each_capture
def test_latencies_are_those_of_one_attempt_or_unknown(capture: Capture) -> None:
    """A span that covers hidden retries, or a call that ran on from an earlier try, would fail this."""
    for request, true in matched(capture):
        if len(request.attempts) == len(true["attempts"]):
            for seen, real in zip(request.attempts, true["attempts"], strict=True):
                if seen.latency_ms is not None and "server_latency_ms" in real:
                    assert 0 <= seen.latency_ms - real["server_latency_ms"] < 80
        whole_ms = true.get("client_duration_ms")
        assert whole_ms is None or request.latency_ms is None or request.latency_ms < whole_ms + 1


@each_capture
def test_the_first_token_is_known_of_streams_alone(capture: Capture) -> None:
    for request, true in matched(capture):
        assert bool(request.streaming) <= true["stream"]
        if request.ttft_ms is not None:
            assert true["stream"]
            assert 0 < true["client_first_content_ms"] - request.ttft_ms < 60


@each_capture
def test_no_order_and_no_splitting_of_posts_changes_the_result(capture: Capture) -> None:
    expected = requests_of(capture.facts())
    chance = random.Random(capture.name)
    for _ in range(8):
        posts = capture.scattered(chance)
        facts = [span for post in posts for span in otlp.decode(post, now=TAKEN, limits=Limits()).spans]
        assert requests_of(facts) == expected


@each_capture
def test_every_beginning_of_the_spans_can_be_read_and_claims_no_more_than_the_whole(capture: Capture) -> None:
    """Children come first, and parents last or never."""
    facts, most = capture.facts(), capture.checks["attempts_true"]
    for seen in range(len(facts)):
        early = requests_of(facts[:seen])
        assert len(attempts_of(early)) <= most
        for request in early:
            resolve(request, request.received_at, [], owner=Owner(1, 1), source=OTLP, now=TAKEN)


@each_capture
def test_nothing_of_a_prompt_or_an_answer_or_a_machine_is_in_the_facts(capture: Capture) -> None:
    told = msgspec.json.encode(capture.facts()).decode()
    forbidden = [
        *capture.checks["content_strings_that_must_not_be_stored"],
        "Traceback",
        "site-packages",
        "127.0.0.1",
        "http://",
        "user-7",
        "sess-",
        "req_0001",
        "Error code",
    ]
    assert [text for text in forbidden if text in told] == []
    assert [text for text in capture.sentences() if msgspec.json.encode(text).decode()[1:-1] in told] == []


@each_capture
def test_facts_carry_only_names_of_the_allow_list(capture: Capture) -> None:
    from apps.ingest.adapters.litellm_otel_v2 import facts

    own = {name for name in vars(kept) if name.isupper()}
    allowed = {value for name in own if isinstance(value := getattr(kept, name), str)}
    allowed |= {name for name, _ in facts.ATTRIBUTES.values()}
    assert {key for fact in capture.facts() for key in fact.attributes} <= allowed


def test_the_first_generation_of_a_proxys_spans_says_what_its_caller_said() -> None:
    (request,) = requests_of(Capture(captures.HERE / "litellm-proxy-otel__fallback").facts())
    assert (request.task, request.route) == ("summarise", "cheap-first")
