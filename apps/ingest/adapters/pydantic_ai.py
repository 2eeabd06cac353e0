"""pydantic-ai, also through Logfire. A model that falls back shows what failed as attempts inside one call; the call itself
is named for the model that answered, or for the whole chain when none did. Retries of a client library are not shown."""

from typing import Any

from apps.ingest.adapters import allowed, genai, http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "pydantic_ai"
SCOPES = ("pydantic-ai",)
CHAIN = "fallback:"


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    for key in (kept.MODEL, kept.PROVIDER, kept.SYSTEM):
        if str(said.get(key, "")).startswith(CHAIN):
            del said[key]
    if said.pop("attempt", False):
        return DIALECT, "attempt"
    dialect, role = genai.classify(name, kind, said)
    return (DIALECT, role) if role in ("llm", "other") else (dialect, role)


READER = Dialect(
    attributes={
        **kept.GENAI,
        "gen_ai.usage.details.reasoning_tokens": (kept.REASONING, allowed.tokens),
        "gen_ai.client.operation.time_to_first_chunk": (kept.FIRST_CHUNK, allowed.seconds),
        "operation.cost": (kept.COST, allowed.cost),
        "pydantic_ai.model_request.attempt": ("attempt", lambda key, value: True),  # noqa: ARG005
    },
    classify=classify,
    texts=http.TEXTS,
)
