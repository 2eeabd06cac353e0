"""OpenLLMetry (Traceloop). Retries are inside one span; a stream that is cut ends without an error."""

from typing import Any

from apps.ingest.adapters import allowed, genai, glimpse, http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "openllmetry"
SCOPES = tuple(
    f"opentelemetry.instrumentation.{name}"
    for name in (
        "alephalpha",
        "anthropic",
        "bedrock",
        "cohere",
        "google_generativeai",
        "groq",
        "langchain",
        "llamaindex",
        "mistralai",
        "ollama",
        "openai",
        "openai.v0",
        "openai.v1",
        "replicate",
        "sagemaker",
        "together",
        "transformers",
        "watsonx",
        "writer",
    )
)


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    if said.pop("llm.request.type", None) in kept.CALLS or said.get(kept.CALL) in kept.CALLS:
        return DIALECT, "llm"
    dialect, role = genai.classify(name, kind, said)
    return (DIALECT, role) if role == "other" else (dialect, role)


READER = Dialect(
    attributes={
        **kept.GENAI,
        "gen_ai.is_streaming": (kept.STREAM, allowed.flag),
        "llm.is_streaming": (kept.STREAM, allowed.flag),
        "llm.request.type": ("llm.request.type", allowed.word),
        "gen_ai.usage.reasoning_tokens": (kept.REASONING, allowed.tokens),
        "gen_ai.usage.cache_read_input_tokens": (kept.CACHE_READ, allowed.tokens),
        "gen_ai.usage.cache_creation_input_tokens": (kept.CACHE_WRITE, allowed.tokens),
    },
    classify=classify,
    texts=http.TEXTS | {"gen_ai.openai.api_base": glimpse.api_base},
    first_tokens=frozenset({"gen_ai.content.completion.chunk", "llm.content.completion.chunk"}),
)
