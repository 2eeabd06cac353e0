"""What is taken out of texts that hold content, and that nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ingest.adapters import glimpse, kept
from apps.ingest.adapters.litellm_otel_v1 import requester
from apps.ingest.refusals import ItemError

START = 1_795_521_600 * 10**9


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("Error code: 429 - {'error': {'message': 'told'}}", 429),
        ("InternalServerError: Error code: 503 - overloaded", 503),
        ("ModelOverloadedError: status_code: 529, model_name: x", 529),
        ("HTTP status 500", 500),
        ("Error code: 4290", None),
        ("I had 429 apples", None),
        ("Error code: 600", None),
        ("x" * 100_000 + "Error code: 429", None),
    ],
)
def test_a_status_is_found_where_a_library_writes_it(message: str, status: int | None) -> None:
    assert glimpse.status_in(message) == status


def test_of_the_parameters_of_a_call_its_model_is_taken_and_not_its_tools() -> None:
    text = json.dumps(
        {
            "model": "gpt-4o",
            "stream": True,
            "service_tier": "flex",
            "tools": [{"function": {"name": "lookup"}}],
            "metadata": {"model_group": "cheap", "user": "u"},
        }
    )
    expected = {kept.MODEL: "gpt-4o", kept.STREAM: True, kept.TIER: "flex", kept.GROUP: "cheap"}
    assert glimpse.invocation(text, START) == expected


@pytest.mark.parametrize("text", ["", "null", "[]", '{"model": 5}', "{" * 5_000, '{"model": "' + "x" * 70_000 + '"}'])
def test_parameters_that_cannot_be_read_tell_nothing(text: str) -> None:
    assert glimpse.invocation(text, START) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"prompt_tokens": 1320, "completion_tokens": 37, "prompt_tokens_details": {"cached_tokens": 1024}}',
            {kept.INPUT: 1320, kept.OUTPUT: 37, kept.CACHE_READ: 1024},
        ),
        (
            "{'prompt_tokens': 10, 'completion_tokens': 2, 'completion_tokens_details': {'reasoning_tokens': 1}}",
            {kept.INPUT: 10, kept.OUTPUT: 2, kept.REASONING: 1},
        ),
        (
            '{"input": 296, "cache_read_input_tokens": 1024, "output": 37}',
            {kept.INPUT: 1320, kept.OUTPUT: 37, kept.CACHE_READ: 1024},
        ),
        ("{'prompt_tokens': None, 'completion_tokens': 2.5}", {}),
        ("__import__('os').system('true')", {}),
        ("", {}),
    ],
)
def test_counts_are_found_by_name_and_nothing_is_run(text: str, expected: dict[str, int]) -> None:
    assert glimpse.usage(text, START) == expected


def test_anthropic_counts_cached_tokens_apart() -> None:
    text = "{'input_tokens': 300, 'cache_read_input_tokens': 1500, 'cache_creation_input_tokens': 400, 'output_tokens': 61}"
    assert glimpse.disjoint_usage(text, START)[kept.INPUT] == 2_200


def test_a_count_that_cannot_be_one_rejects_its_span() -> None:
    with pytest.raises(ItemError):
        glimpse.usage('{"prompt_tokens": 999999999999}', START)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"2026-11-24T12:00:01.500Z"', {kept.FIRST_CHUNK: 1.5}),
        ('"2026-11-24T11:59:59Z"', {}),
        ("2026-11-24T12:00:01", {}),
        ("soon", {}),
    ],
)
def test_a_moment_becomes_seconds_from_the_start(text: str, expected: dict[str, Any]) -> None:
    assert glimpse.first_chunk_at(text, START) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://api.openai.com/v1/chat/completions?x=secret", {kept.HOST: "openai", kept.OPERATION: "chat"}),
        ("http://user:pass@127.0.0.1:8080/v1/embeddings", {kept.OPERATION: "embeddings"}),
        (
            "https://acme.openai.azure.com/openai/deployments/x/chat/completions",
            {kept.HOST: "azure", kept.OPERATION: "chat"},
        ),
        ("https://evil.example/?u=api.openai.com", {}),
        ("no address", {}),
    ],
)
def test_of_an_address_only_its_owner_and_what_is_asked_are_taken(text: str, expected: dict[str, str]) -> None:
    assert glimpse.url(text, START) == expected


@given(st.text(max_size=400))
def test_no_text_is_too_strange_to_look_at(text: str) -> None:
    for glance in (
        glimpse.invocation,
        glimpse.usage,
        glimpse.disjoint_usage,
        glimpse.first_chunk_at,
        glimpse.url,
        glimpse.api_base,
    ):
        try:
            said = glance(text, START)
        except ItemError:
            continue
        assert set(said) <= {
            kept.MODEL,
            kept.STREAM,
            kept.TIER,
            kept.GROUP,
            kept.HOST,
            kept.OPERATION,
            kept.FIRST_CHUNK,
            *kept.USAGE,
        }
    glimpse.status_in(text)
    glimpse.amount(text, "total")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{'tags': ['task:sum', 'team:core'], 'route': 'cheap'}", {kept.TASK: "sum", "tag.team": "core", kept.ROUTE: "cheap"}),
        ('{"env": "staging", "policy": "v7", "q": "say: \'task\': \'x\'"}', {kept.ENVIRONMENT: "staging", kept.POLICY: "v7"}),
        ("{'headers': {'task': 'no', 'tags': ['task:no']}, 'feature': \"it's\"}", {"tag.feature": "it's"}),
        ("{'note': 'task', 'x': ['route', 'cheap'], 'task': 'a\\'b'}", {}),
        ("task: 'x', [{'tags': ['task:no']}]", {}),
        ("{'tags': ['task:cut", {}),
    ],
)  # fmt: skip
def test_of_what_a_caller_says_only_names_of_its_own_level_are_read(text: str, said: dict[str, str]) -> None:
    assert requester.said_by(text, 0) == said
