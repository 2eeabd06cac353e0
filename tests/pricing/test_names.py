"""Many spellings, one name; the raw one is never lost."""

import pytest

from apps.pricing.names import canonical_name, canonical_provider
from apps.pricing.resolve import Listed, find_listed


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("openai", "openai"),
        (" OpenAI ", "openai"),
        ("openai.chat", "openai"),
        ("aws.bedrock", "aws"),
        ("azure.ai.openai", "azure"),
        ("azure.ai.inference", "azure"),
        ("gcp.gemini", "google"),
        ("gcp.vertex_ai", "google"),
        ("gcp.gen_ai", "google"),
        ("vertex_ai", "google"),
        ("mistral_ai", "mistral"),
        ("x_ai", "x-ai"),
        ("anthropic", "anthropic"),
        ("cohere", "cohere"),
        ("deepseek", "deepseek"),
        ("groq", "groq"),
        ("perplexity", "perplexity"),
        ("ibm.watsonx.ai", "watsonx"),
        ("our-own-gpus", "our-own-gpus"),
        ("litellm", None),
        ("", None),
        (None, None),
    ],
)
def test_a_provider_has_one_name(raw: str | None, expected: str | None) -> None:
    assert canonical_provider(raw) == expected


@pytest.mark.parametrize(
    ("provider", "raw_model", "expected"),
    [
        (None, "openai/gpt-4o", ("openai", "gpt-4o")),
        ("openai", "openai/gpt-4o", ("openai", "gpt-4o")),
        ("litellm", "anthropic/claude-sonnet-4-5", ("anthropic", "claude-sonnet-4-5")),
        ("openai", "openai/openai/gpt-4o", ("openai", "openai/gpt-4o")),
        ("groq", "openai/gpt-oss-120b", ("groq", "openai/gpt-oss-120b")),
        ("openrouter", "openai/gpt-4o", ("openrouter", "openai/gpt-4o")),
        ("openrouter", "openrouter/openai/gpt-4o", ("openrouter", "openai/gpt-4o")),
        (None, "meta-llama/Llama-3.3-70B-Instruct", (None, "meta-llama/llama-3.3-70b-instruct")),
        ("openai", "gpt-4o-2024-08-06", ("openai", "gpt-4o")),
        ("anthropic", "claude-3-5-sonnet-20241022", ("anthropic", "claude-3-5-sonnet")),
        ("vertex_ai", "claude-3-5-sonnet@20241022", ("google", "claude-3-5-sonnet")),
        ("aws.bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0", ("aws", "anthropic.claude-3-5-sonnet")),
        ("openai", "gpt-4-0613", ("openai", "gpt-4-0613")),
        ("openai", "gpt-4o-2024-13-06", ("openai", "gpt-4o-2024-13-06")),
        ("openai", "GPT-4o ", ("openai", "gpt-4o")),
        ("openai", "openai/", ("openai", "openai/")),
        ("openai", None, ("openai", None)),
        (None, "", (None, None)),
    ],
)
def test_a_model_has_one_name(provider: str | None, raw_model: str | None, expected: tuple[str | None, str]) -> None:
    name = canonical_name(provider, raw_model)
    assert (name.provider, name.model) == expected
    assert name.raw_model == raw_model


@pytest.mark.parametrize(("provider", "raw_model"), [("azure.ai.openai", "gpt-4o-2024-08-06"), (None, "openai/gpt-4o")])
def test_a_canonical_name_is_its_own(provider: str | None, raw_model: str) -> None:
    once = canonical_name(provider, raw_model)
    again = canonical_name(once.provider, once.model)
    assert (again.provider, again.model) == (once.provider, once.model)


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("openai", "gpt-4o", Listed("openai", "gpt-4o", borrowed=False)),
        ("openai", "openai/gpt-4o", Listed("openai", "gpt-4o", borrowed=False)),
        (None, "gpt-4o", Listed("openai", "gpt-4o", borrowed=False)),
        ("litellm", "openai/gpt-4o", Listed("openai", "gpt-4o", borrowed=False)),
        ("openrouter", "openai/gpt-4o", Listed("openrouter", "openai/gpt-4o", borrowed=False)),
        ("openai", "claude-opus-4-6", None),
        ("our-own-gpus", "gpt-4o", None),
        (None, "nobody-knows-this", None),
        (None, None, None),
    ],
)
def test_prices_are_looked_up_by_the_names_people_send(
    provider: str | None, model: str | None, expected: Listed | None
) -> None:
    assert find_listed(provider, model) == expected


def test_a_dated_release_with_a_price_of_its_own_is_not_the_undated_one() -> None:
    assert find_listed("openai", "gpt-4o-2024-05-13") != find_listed("openai", "gpt-4o")


def test_a_release_newer_than_the_list_is_priced_as_the_model_it_is_of() -> None:
    assert find_listed("openai", "gpt-4o-2026-11-20") == find_listed("openai", "gpt-4o")


def test_a_seller_without_a_list_borrows_the_makers() -> None:
    borrowed = find_listed("azure", "claude-sonnet-4-5")
    assert borrowed is not None
    assert (borrowed.provider, borrowed.borrowed) in {("anthropic", True), ("azure", False)}
