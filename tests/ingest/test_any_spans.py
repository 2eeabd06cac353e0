"""Whatever spans come, of whatever clients, in whatever tree: they are derived, and the same in any order."""

import random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.ingest import otlp
from apps.ingest.limits import Limits
from apps.ingest.resolve import OTLP, Owner, resolve
from tests.ingest import captures
from tests.ingest.captures import TAKEN, requests_of
from tests.ingest.wire import GENAI, HTTPX, Said, Sent, export

SCOPES = (
    "litellm",
    "fastapi",
    "openinference.instrumentation.langchain",
    "com.anthropic.sdk.python",
    "opentelemetry.instrumentation.anthropic",
    "pydantic-ai",
    "langfuse-sdk",
    "openrouter",
    "ai",
    "gen_ai",
    GENAI,
    HTTPX,
)
NAMES = (
    "route cheap",
    "auth /v1",
    "chat cheap",
    "litellm_request",
    "raw_gen_ai_request",
    "self",
    "auth",
    "Received Proxy Server Request",
    "RunnableWithFallbacks",
    "provider attempt 1: A",
)
SAYINGS: tuple[Said, ...] = (
    {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"},
    {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "http.request.resend_count": 2},
    {"gen_ai.operation.name": "chat", "litellm.call_id": "1"},
    {"openinference.span.kind": "LLM"},
    {"openinference.span.kind": "CHAIN"},
    {"ai.operationId": "ai.generateText.doGenerate"},
    {"langfuse.observation.type": "generation"},
    {"pydantic_ai.model_request.attempt": 0},
    {"tollmark.route": "cheap", "http.response.status_code": 200},
    {"http.url": "http://x/v1/chat/completions", "http.status_code": 429},
    {"http.route": "/v1/chat/completions"},
    {"gen_ai.response.id": "a-1"},
    {"gen_ai.response.time_to_first_chunk": 0.5},
    {"gen_ai.usage.input_tokens": 5},
    {"service": "self"},
)
CHOSEN = ("litellm.request.deployment_selected", 0.5, {"litellm.deployment.reason": "retry"})
IDS = [f"s{n}" for n in range(7)]


@st.composite
def spans(draw: st.DrawFn) -> Sent:
    start = draw(st.integers(-50, 50)) / 10
    said: Said = {}
    for some in draw(st.lists(st.sampled_from(SAYINGS), max_size=3)):
        said |= some
    return Sent(
        draw(st.sampled_from(SCOPES)),
        draw(st.sampled_from(IDS)),
        start,
        start + draw(st.integers(0, 30)) / 10,
        draw(st.none() | st.sampled_from(IDS)),
        name=draw(st.sampled_from(NAMES)),
        kind=draw(st.integers(1, 3)),
        error=draw(st.booleans()),
        message=draw(st.sampled_from(["", "Error code: 429"])),
        trace=draw(st.sampled_from("tu")),
        events=draw(st.sampled_from([[], [CHOSEN]])),
        said=said,
    )


TOLD_TWICE = [
    Sent("litellm", "s0", 0.0, 0.0, None, name="route cheap", kind=1, trace="t"),
    Sent("litellm", "s1", 0.0, 0.0, None, name="Received Proxy Server Request", kind=2, trace="t", events=[CHOSEN],
        said={"http.route": "/v1/chat/completions"}),
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@example(TOLD_TWICE, random.Random(1))
@given(st.lists(spans(), max_size=14, unique_by=lambda s: (s.trace, s.id)), st.randoms(use_true_random=False))
def test_any_spans_can_be_derived_and_stored_in_any_order(sent: list[Sent], chance: random.Random) -> None:
    facts = otlp.decode(export(*sent), now=TAKEN, limits=Limits()).spans
    expected = requests_of(facts)
    assert len({r.request_id for r in expected}) == len(expected)
    for request in expected:
        row = resolve(request, request.received_at, [], owner=Owner(1, 1), source=OTLP, now=TAKEN)
        assert len(row.attempts) == len(request.attempts)
        assert request.serving_attempt is None or request.serving_attempt < max(1, len(request.attempts))
        assert (request.outcome == "served") or request.serving_attempt is None
    assert requests_of(chance.sample(facts, len(facts))) == expected


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_captures_of_several_clients_at_once_do_not_change_each_other(chance: random.Random) -> None:
    """But where they share a trace, as two of them do, which are of two tenants."""
    chosen = chance.sample(captures.all_in(captures.HERE), 3)
    facts = [capture.facts() for capture in chosen]
    traces = [{fact.trace_id for fact in some} for some in facts]
    if any(one & other for n, one in enumerate(traces) for other in traces[:n]):
        return
    together = requests_of([fact for some in facts for fact in some])
    apart = [request for some in facts for request in requests_of(some)]
    assert together == sorted(apart, key=lambda r: (r.received_at, r.request_id))
