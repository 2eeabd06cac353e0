"""Which dialect reads a span: by the name of its scope, else by what it carries. Pure.

Never by `schemaUrl`: what instrumentations say there is known to be wrong.
"""

from functools import lru_cache
from typing import Any

from apps.ingest.adapters import (
    anthropic_sdk,
    gateway,
    genai,
    glimpse,
    http,
    kept,
    langfuse,
    litellm,
    openinference,
    openllmetry,
    openrouter,
    pydantic_ai,
    vercel_ai,
)
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.adapters.litellm_otel_v1 import DIALECT as LITELLM_V1
from apps.ingest.adapters.litellm_otel_v2 import facts as litellm_v2
from apps.ingest.spans import Role

_BY_SCOPE: dict[str, Dialect] = {
    litellm.SCOPE: litellm.READER,
    vercel_ai.SCOPE: vercel_ai.READER,
    vercel_ai.LEGACY_SCOPE: vercel_ai.LEGACY_READER,
    **dict.fromkeys(anthropic_sdk.SCOPES, anthropic_sdk.READER),
    **dict.fromkeys(openllmetry.SCOPES, openllmetry.READER),
    **dict.fromkeys(pydantic_ai.SCOPES, pydantic_ai.READER),
    **dict.fromkeys(langfuse.SCOPES, langfuse.READER),
    **dict.fromkeys(openrouter.SCOPES, openrouter.READER),
}


@lru_cache(maxsize=1_024)
def dialect_of(scope: str) -> Dialect:
    found = _BY_SCOPE.get(scope)
    if found is not None:
        return found
    return openinference.READER if scope.startswith(openinference.SCOPE) else ANY


def _classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    """Of a scope that is an application's, a web framework's, an HTTP library's, or nobody's we know."""
    if said.pop(kept.CALL_ID, None) is not None:
        # LiteLLM's first generation writes what it knows of its last call onto the application's span.
        said.clear()
        return LITELLM_V1, "other"
    if gateway.is_request(kind, said):
        return gateway.DIALECT, "server"
    if said.get(kept.SYSTEM) == openrouter.DIALECT or name.startswith(openrouter.ATTEMPT):
        return openrouter.classify(name, kind, said)
    if openinference.KIND in said:
        return openinference.classify(name, kind, said)
    return genai.classify(name, kind, said)


ANY = Dialect(
    attributes={
        **openinference.ATTRIBUTES,
        **openrouter.ATTRIBUTES,
        kept.CALL_ID: litellm_v2.ATTRIBUTES[kept.CALL_ID],
        "litellm.request.route": litellm_v2.ATTRIBUTES["litellm.request.route"],
        **gateway.ATTRIBUTES,
    },
    classify=_classify,
    events=litellm_v2.EVENTS,
    texts={
        **http.TEXTS,
        "llm.invocation_parameters": glimpse.invocation,
        "gen_ai.openai.api_base": glimpse.api_base,
    },
)
