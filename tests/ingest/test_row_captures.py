"""Rows of LiteLLM's callback, of its SpendLogs and of others' exports, against what the calls really did."""

import json
import random

import msgspec
import pytest

from apps.ingest.accept import accept
from apps.ingest.adapters.exports import litellm_spendlogs
from apps.ingest.adapters.litellm_callback import facts
from apps.ingest.limits import Limits
from apps.traces.nouns import Request
from tests.ingest.captures import TAKEN, Capture
from tests.ingest.captures.rows import CALLBACKS, EXPORTED, facts_of, requests_of, requests_of_facts, rows_of

ALL = CALLBACKS + EXPORTED
OUTCOMES = {"success": "served", "error": "failed"}
LISTED = [c for c in CALLBACKS if "proxy" not in c.folder.name]
"""A router in an application sends a row for every attempt."""

each = pytest.mark.parametrize("capture", ALL, ids=lambda c: c.folder.name)
each_callback = pytest.mark.parametrize("capture", CALLBACKS, ids=lambda c: c.folder.name)


def named(name: str) -> list[Request]:
    return requests_of(next(c for c in ALL if c.folder.name == name))


def test_the_captures_are_there() -> None:
    assert (len(CALLBACKS), len(EXPORTED)) == (6, 5)


@each
def test_it_finds_every_request_with_its_outcome(capture: Capture) -> None:
    found = requests_of(capture)
    assert [r.outcome for r in found] == [OUTCOMES[true["outcome"]] for true in capture.truth]
    assert len({r.request_id for r in found}) == len(found)


@each
def test_it_never_finds_more_attempts_than_there_were(capture: Capture) -> None:
    checks = capture.case["checks"]
    attempts = [len(r.attempts) for r in requests_of(capture)]
    assert all(n <= len(true["attempts"]) for n, true in zip(attempts, capture.truth, strict=True))
    if "attempts_seen" in checks:
        assert sum(attempts) == checks["attempts_seen"]


@pytest.mark.parametrize("capture", LISTED, ids=lambda c: c.folder.name)
def test_of_a_router_every_attempt_is_there_and_nothing_false_is_said(capture: Capture) -> None:
    for request, true in zip(requests_of(capture), capture.truth, strict=True):
        assert request.completeness == "complete"
        for seen, real in zip(request.attempts, true["attempts"], strict=True):
            assert (seen.provider, seen.model) == (real["provider"], real["model_requested"])
            assert seen.status in (None, real["status"])
            assert (seen.error_type is None) == (real["outcome"] == "ok")
            assert seen.response_model in (None, real["model_returned"], real["model_requested"])


@each
def test_tokens_are_exact_and_zeros_of_failed_calls_are_unknown(capture: Capture) -> None:
    for request, true in zip(requests_of(capture), capture.truth, strict=True):
        usage = [a.usage for a in request.attempts if a.usage]
        real = [a["usage"] for a in true["attempts"] if a["usage"]]
        assert [(u.input_tokens, u.output_tokens) for u in usage] == [(u["input"], u["output"]) for u in real]
        for seen, said in zip(usage, real, strict=True):
            assert seen.cache_read_input_tokens in (said["cached_input"], None)
            assert seen.cache_write_input_tokens in (said["cache_write_input"], None)
        assert all(a.usage is None and a.cost is None for a in request.attempts if a.error_type is not None)


@each
def test_what_is_read_can_be_stored_and_holds_no_content(capture: Capture) -> None:
    found = requests_of(capture)
    for request in found:
        assert msgspec.convert(msgspec.to_builtins(request), Request).request_id == request.request_id
        accept(request, now=TAKEN, limits=Limits())
    kept = msgspec.json.encode([found, facts_of(capture) if capture in CALLBACKS else []]).decode()
    forbidden = capture.case["checks"]["content_strings_that_must_not_be_stored"]
    assert [text for text in [*forbidden, "user-7", "sess-9", "127.0.0.1", "master_key"] if text in kept] == []


@each
def test_no_row_knows_the_overhead_of_routing_but_one_that_chose(capture: Capture) -> None:
    found = {r.routing_overhead_ms for r in requests_of(capture)}
    assert found == ({13.7, None} if "opentracy" in capture.folder.name else {None})


@each_callback
def test_the_order_of_rows_does_not_matter(capture: Capture) -> None:
    whole, rows = requests_of(capture), facts_of(capture)
    for seed in range(6):
        shuffled = random.Random(seed).sample(rows, len(rows))
        assert requests_of_facts([*shuffled, shuffled[0]][: len(rows)]) == whole


def test_a_session_with_several_requests_is_put_together_by_inference() -> None:
    assert [(len(r.attempts), r.grouping) for r in named("litellm-generic-api__agent")] == [
        (1, "explicit"),
        (2, "inferred"),
        (1, "explicit"),
    ]


def test_tags_say_the_task_and_the_team_and_no_more() -> None:
    request = named("litellm-proxy-generic-api__fallback")[0]
    assert (request.task, request.route, request.tags) == ("summarise", "cheap-first", None)
    assert named("litellm-generic-api__ok")[0].tags == {"team": "support"}
    assert named("synthetic-helicone-export__two_rows")[0].task == "classify"


def test_time_to_first_token_is_that_of_a_stream_alone() -> None:
    assert named("litellm-generic-api__ok")[0].ttft_ms is None
    stream = named("litellm-generic-api__stream_fallback")[0]
    assert stream.attempts[-1].ttft_ms == pytest.approx(99.148, abs=0.01)
    assert stream.ttft_ms == pytest.approx(1801.316, abs=0.01)


def test_a_cost_in_a_unit_that_is_not_known_is_not_known() -> None:
    assert named("synthetic-portkey-export__one_row")[0].attempts[0].cost is None


def test_what_only_the_last_attempt_lasted_is_not_the_latency_of_a_retried_request() -> None:
    request = named("litellm-proxy-spendlogs__fallback")[0]
    assert (request.latency_ms, request.completeness) == (None, "lower_bound")
    assert request.attempts[0].latency_ms == pytest.approx(76.883)


def test_what_the_caller_said_of_its_request_is_read_where_tags_are_not_repeated() -> None:
    (proxy,) = [c for c in CALLBACKS if c.folder.name == "litellm-proxy-generic-api__fallback"]
    rows = [{**row, "request_tags": []} for row in rows_of(proxy)]
    (request,) = requests_of_facts([facts.fact_of(row) for row in rows])
    assert (request.task, request.route) == ("summarise", "cheap-first")
    (spend,) = [c for c in EXPORTED if c.folder.name == "litellm-proxy-spendlogs__ok"]
    said = json.dumps({**json.loads(rows_of(spend)[0]["metadata"]), "spend_logs_metadata": {"tags": ["team:core"]}})
    assert litellm_spendlogs.read({**rows_of(spend)[0], "metadata": said}).tags == {"team": "core"}
