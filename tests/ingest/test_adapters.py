"""Rules of the dialects in situations of which there is no capture."""

from typing import Any

import pytest

from apps.traces.nouns import Request
from tests.ingest.wire import INTERNAL, SERVER, Said, Sent, app, call, http, only, requests_of

ANTHROPIC: Said = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "anthropic",
    "gen_ai.request.model": "claude-haiku-4-5",
}
TOKENS: Said = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}


def told(request: Request) -> list[tuple[str | None, int | None, str | None]]:
    return [(a.model, a.status, a.error_type) for a in request.attempts]


@pytest.mark.parametrize("status", [429, 500, 503, 529, 408])
def test_a_call_after_one_that_failed_under_the_same_parent_goes_on_with_its_request(status: int) -> None:
    request = only(app(), call("c1", 0, 1, status=status), call("c2", 1.1, 2, model="gpt-4o"))
    assert told(request) == [("gpt-4o-mini", status, "openai.APIStatusError"), ("gpt-4o", None, None)]
    assert (request.grouping, request.completeness, request.outcome) == ("inferred", "unknown", "served")
    assert (request.serving_attempt, request.latency_ms) == (1, 2_000)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (call("c1", 0, 1, status=400), call("c2", 1.1, 2)),
        (call("c1", 0, 1, status=401), call("c2", 1.1, 2)),
        (call("c1", 0, 1), call("c2", 1.1, 2)),
        (call("c1", 0, 1, status=429), call("c2", 0.5, 2)),
        (call("c1", -702, -701, status=429), call("c2", -100, -99)),
        (call("c1", 0, 1, status=429), call("c2", 1.1, 2, parent="another")),
        (call("c1", 0, 1, status=429, parent=None), call("c2", 1.1, 2, parent=None)),
    ],
    ids=["bad request", "unauthorized", "after an answer", "at once", "much later", "another parent", "no parent"],
)
def test_otherwise_it_is_a_request_of_its_own(first: Sent, second: Sent) -> None:
    assert [len(r.attempts) for r in requests_of(app(), first, second)] == [1, 1]


def test_of_two_calls_that_failed_either_may_be_meant_and_both_are_marked() -> None:
    found = requests_of(
        app(), call("c1", 0, 1, status=429), call("c2", 0.1, 1.1, status=429), call("c3", 2, 3), call("c4", 2.5, 4)
    )
    assert sorted((len(r.attempts), r.grouping) for r in found) == [(2, "ambiguous"), (2, "ambiguous")]


def test_langchains_wrapper_says_itself_that_calls_below_it_are_one_request() -> None:
    scope = "openinference.instrumentation.langchain"
    said: dict[str, Any] = {"openinference.span.kind": "LLM", "llm.provider": "openai", "llm.model_name": "gpt-4o"}
    chain = Sent(scope, "chain", 0, 3, name="RunnableWithFallbacks", kind=1, said={"openinference.span.kind": "CHAIN"})
    first = Sent(scope, "c1", 0, 1, "chain", kind=1, error=True, message="Error code: 400 - no", said=said)
    second = Sent(scope, "c2", 1.1, 2, "chain", kind=1, said=said | {"llm.token_count.prompt": 5})
    request = only(chain, first, second)
    assert (request.grouping, told(request)) == ("explicit", [("gpt-4o", 400, "400"), ("gpt-4o", None, None)])


def test_http_requests_below_a_call_are_its_attempts_but_only_those_of_an_llm_api() -> None:
    request = only(
        app(),
        call("c1", 0, 3),
        http("h0", 0, 0.1, "c1", path="/oauth/token"),
        http("h1", 0.2, 0.5, "c1", status=429),
        http("h2", 1, 2.9, "c1"),
    )
    assert told(request) == [("gpt-4o-mini", 429, "429"), ("gpt-4o-mini", 200, None)]
    assert [(a.start_offset_ms, a.latency_ms) for a in request.attempts] == [(200, 300), (1_000, 2_000)]
    assert [a.usage is not None for a in request.attempts] == [False, True]
    assert (request.completeness, request.serving_attempt) == ("complete_first_hop", 1)


def test_a_call_of_one_library_within_that_of_another_is_one_call() -> None:
    scope = "openinference.instrumentation.langchain"
    outer: dict[str, Any] = {"openinference.span.kind": "LLM", "llm.provider": "openai", "llm.token_count.prompt": 100}
    request = only(
        Sent(scope, "o", 0, 2, kind=1, said=outer), call("c1", 0.1, 1.9, parent="o"), http("h1", 0.2, 1.8, "c1")
    )
    assert told(request) == [("gpt-4o-mini", 200, None)]
    assert request.attempts[0].usage is not None
    assert request.attempts[0].usage.input_tokens == 100


def test_several_calls_within_one_are_its_attempts() -> None:
    outer = call("o", 0, 3, scope="pydantic-ai", parent=None)
    request = only(outer, call("c1", 0.1, 1, parent="o", status=503), call("c2", 1.1, 2.9, parent="o", model="gpt-4o"))
    assert told(request) == [("gpt-4o-mini", 503, "openai.APIStatusError"), ("gpt-4o", None, None)]
    assert request.grouping == "explicit"


def test_a_chain_of_which_no_model_answered_has_only_the_attempts_that_are_told() -> None:
    attempt = {
        "pydantic_ai.model_request.attempt": 0,
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
    }
    chain = call("c", 0, 3, scope="pydantic-ai", parent=None, model="fallback:a,b", status=503)
    first = Sent("pydantic-ai", "a1", 0, 1, "c", error=True, message="status_code: 503, body", said=attempt)
    second = Sent("pydantic-ai", "a2", 1, 2, "c", error=True, message="status_code: 500, body", said=attempt)
    request = only(chain, first, second)
    assert [(model, status) for model, status, _ in told(request)] == [("gpt-4o", 503), ("gpt-4o", 500)]
    assert (request.outcome, request.serving_attempt) == ("failed", None)


def test_two_libraries_that_tell_of_one_failed_call_in_two_traces_are_joined_by_model_and_time() -> None:
    failed: dict[str, Any] = ANTHROPIC | {"error.type": "overloaded_error"}
    native = failed | {"http.response.status_code": 529, "http.request.resend_count": 2}
    scope = "opentelemetry.instrumentation.anthropic"
    request = only(
        Sent(scope, "o", 0, 2, error=True, trace="one", said=failed),
        Sent("com.anthropic.sdk.python", "n", 0.01, 1.99, error=True, trace="two", said=native),
    )
    assert [status for _, status, _ in told(request)] == [None, None, 529]
    assert (request.completeness, request.attempts[2].start_offset_ms) == ("count_only", None)


def test_openrouters_attempts_are_counted_and_only_the_whole_has_tokens() -> None:
    said: dict[str, Any] = {
        **TOKENS,
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "meta-llama/llama-3.3-70b-instruct",
        "gen_ai.usage.total_cost": "0.00011699",
    }
    zeros: dict[str, Any] = dict.fromkeys(TOKENS, 0) | {"gen_ai.usage.total_cost": "-0.0"}
    request = only(
        Sent("openrouter", "root", 0, 2, name="LLM Generation", said=said),
        Sent("openrouter", "g", 0, 2, "root", name="generation", kind=1, said=zeros),
        Sent("openrouter", "a1", 0.1, 0.5, "root", name="provider attempt 1: DeepInfra", said=zeros),
        Sent("openrouter", "a2", 0.6, 2, "root", name="provider attempt 2: Together", said=zeros),
    )
    assert [(a.provider, a.usage is None, a.cost is None) for a in request.attempts] == [
        ("DeepInfra", True, True),
        ("Together", False, False),
    ]
    assert (request.completeness, request.serving_attempt, str(request.attempts[1].cost)) == (
        "count_only",
        1,
        "0.00011699",
    )


def test_a_proxys_call_that_began_with_an_earlier_try_is_clipped_to_its_own() -> None:
    """LiteLLM's first generation: the span of a streamed answer begins with the request."""
    said = {
        "gen_ai.system": "openai",
        "litellm.provider.model": "openai/gpt-4o-mini",
        "http.route": "/v1/chat/completions",
    }
    failure = said | {"error.type": "RateLimitError", "error.code": "429"}
    served = said | TOKENS | {"llm.is_streaming": "True"}
    timer = {"service": "self", "call_type": "post"}
    request = only(
        Sent(
            "litellm",
            "s",
            0,
            4,
            name="Received Proxy Server Request",
            kind=SERVER,
            said={"http.response.status_code": 200},
        ),
        Sent("litellm", "c1", 0.01, 0.5, "s", name="litellm_request", kind=1, error=True, said=failure),
        Sent("litellm", "t1", 0.02, 0.4, "s", name="self", kind=1, said=timer),
        Sent("litellm", "t2", 1, 1.5, "s", name="self", kind=1, said=timer),
        Sent("litellm", "c2", 0.01, 3.9, "s", name="litellm_request", kind=1, said=served),
        Sent("litellm", "t3", 2, 2.5, "s", name="self", kind=1, said=timer),
    )
    assert [a.status for a in request.attempts] == [429, None, None]
    assert [a.start_offset_ms for a in request.attempts] == [10, 1_000, 2_000]
    assert [a.error_type for a in request.attempts] == ["RateLimitError", "unknown", None]
    assert (request.completeness, request.routing_overhead_ms, request.streaming) == ("count_only", 20, True)


def test_a_client_before_a_gateway_that_tells_more_is_not_a_second_request() -> None:
    call_said = {"litellm.call_id": "1", "gen_ai.operation.name": "chat", "gen_ai.request.model": "cheap"}
    chosen = ("litellm.request.deployment_selected", 1.1, {"litellm.deployment.model_group": "cheap"})
    server = Sent("fastapi", "s", 1, 2, "h", kind=SERVER, events=[chosen], said={"http.route": "/v1/chat/completions"})
    inner = Sent("litellm", "r", 1.2, 1.9, "s", name="chat cheap", said=call_said | TOKENS)
    request = only(app(), call("c", 0.9, 2.1), http("h", 0.95, 2.05, "c"), server, inner)
    assert (request.route, request.overhead_basis, len(request.attempts)) == ("cheap", "receive_to_dispatch", 1)


ROUTED: Said = {"tollmark.route": "cheap-first", "tollmark.task": "summarise", "http.response.status_code": 200}


def gateway(*, end: float = 3, **said: Any) -> Sent:
    return Sent("my gateway", "s", 0, end, name="POST /chat", kind=SERVER, said=ROUTED | said)


def test_a_gateway_of_ones_own_tells_of_every_attempt() -> None:
    request = only(gateway(), call("a1", 0.01, 1, parent="s", status=429), call("a2", 1.5, 2.9, parent="s"))
    assert told(request) == [("gpt-4o-mini", 429, "openai.APIStatusError"), ("gpt-4o-mini", None, None)]
    assert [(a.start_offset_ms, a.latency_ms) for a in request.attempts] == [(10, 990), (1_500, 1_400)]
    assert (request.route, request.task, request.completeness, request.grouping) == (
        "cheap-first",
        "summarise",
        "complete",
        "explicit",
    )
    assert (request.routing_overhead_ms, request.overhead_basis, request.latency_ms) == (
        10,
        "receive_to_dispatch",
        3_000,
    )


@pytest.mark.parametrize(
    ("said", "outcome", "cache_hit"),
    [
        ({"tollmark.cache_hit": True}, "served", True),
        ({}, "served", False),
        ({"http.response.status_code": 429}, "failed", False),
    ],
)
def test_a_gateway_may_answer_without_any_attempt(said: dict[str, Any], outcome: str, cache_hit: bool) -> None:
    request = only(gateway(**said))
    assert (request.outcome, request.cache_hit, request.attempts, request.routing_overhead_ms) == (
        outcome,
        cache_hit,
        [],
        None,
    )


def test_hedged_attempts_are_told_by_their_times_and_the_first_to_end_has_served() -> None:
    request = only(gateway(), call("a1", 0.1, 2.9, parent="s"), call("a2", 0.5, 1.2, parent="s"))
    assert (request.parallel, request.serving_attempt) == (True, 1)


def test_a_gateway_whose_stream_broke_has_failed_though_its_status_was_sent() -> None:
    broken = call("a1", 0.1, 2.9, parent="s", said={"gen_ai.response.finish_reasons": ["error"]})
    request = only(gateway(), broken)
    assert (request.outcome, request.attempts[0].error_type) == ("failed", "cut")


def test_behind_a_gateway_another_one_is_not_counted_again_but_known_of() -> None:
    inner = Sent("their gateway", "s2", 0.2, 2.8, "a1", kind=SERVER, said=ROUTED)
    request = only(gateway(), call("a1", 0.1, 2.9, parent="s"), inner, call("a2", 0.3, 2.7, parent="s2"))
    assert (len(request.attempts), request.completeness) == (1, "complete_first_hop")


def test_a_web_server_is_no_gateway_unless_it_says_so() -> None:
    server = Sent("fastapi", "s", 0, 3, kind=SERVER, said={"http.route": "/ask", "http.response.status_code": 200})
    found = requests_of(server, call("c1", 0.1, 1, parent="s"), call("c2", 1.1, 2, parent="s"))
    assert [(r.routing_overhead_ms, r.completeness) for r in found] == [(None, "unknown")] * 2


def test_what_spans_above_a_call_say_of_it_is_taken_from_the_nearest() -> None:
    outer = app("outer", said={"tollmark.task": "far", "tollmark.policy": "v7", "tollmark.user_facing": True})
    inner = app("app", parent="outer", said={"tollmark.task": "near", "gen_ai.agent.name": "triage"})
    resource = {"service.name": "support-bot", "deployment.environment.name": "staging"}
    request = only(outer, inner, call("c", 0, 1), resource=resource)
    assert (request.task, request.policy, request.user_facing) == ("near", "v7", True)
    assert (request.environment, request.tags) == ("staging", {"agent": "triage", "service": "support-bot"})


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ({"gen_ai.request.model": "gpt-4o-mini"}, "openai"),
        ({"gen_ai.request.model": "o4-mini"}, "openai"),
        ({"gen_ai.request.model": "llama-3.3-70b-versatile"}, None),
        ({"gen_ai.request.model": "openai/gpt-oss-120b"}, None),
        ({"gen_ai.request.model": "llama-3.3-70b-versatile", "server.address": "api.groq.com"}, "groq"),
        ({"gen_ai.request.model": "gpt-4o", "server.address": "acme.openai.azure.com"}, "azure"),
        ({"gen_ai.request.model": "claude-haiku-4-5", "gen_ai.provider.name": "anthropic"}, "anthropic"),
    ],
)
def test_a_library_names_its_flavour_and_a_host_who_was_asked(said: dict[str, Any], provider: str | None) -> None:
    assert only(call("c", 0, 1, parent=None, said=said)).attempts[0].provider == provider


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ({"openai.response.service_tier": "flex"}, "flex"),
        ({"gen_ai.openai.response.service_tier": "default"}, "standard"),
        ({"anthropic.response.service_tier": "batch"}, "batch"),
    ],
)
def test_a_tier_with_a_price_of_its_own_is_kept(said: dict[str, Any], tier: str) -> None:
    assert only(call("c", 0, 1, parent=None, said=said)).attempts[0].service_tier == tier


def test_a_span_that_litellm_wrote_upon_is_no_call() -> None:
    polluted = app(
        said={
            "litellm.call_id": "1",
            "gen_ai.operation.name": "acompletion",
            "gen_ai.request.model": "gpt-4o",
            **TOKENS,
        }
    )
    assert requests_of(polluted) == []


def test_parents_in_a_circle_end_nothing_but_themselves() -> None:
    found = requests_of(
        app("a", parent="b"), app("b", parent="a"), call("c", 0, 1, parent="a"), call("d", 0, 1, parent="d")
    )
    assert len(found) == 2


def test_what_is_within_a_call_but_no_call_is_none() -> None:
    tool = Sent("gen_ai", "tool", 1, 2, "c", kind=INTERNAL, said={"gen_ai.operation.name": "execute_tool"})
    agent = Sent("gen_ai", "agent", 0, 3, kind=INTERNAL, said={"gen_ai.operation.name": "invoke_agent", **TOKENS})
    (request,) = requests_of(agent, call("c", 0, 1, parent="agent", scope="gen_ai"), tool)
    assert len(request.attempts) == 1
