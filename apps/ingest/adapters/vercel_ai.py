"""Vercel's AI SDK, the spans of its version 7 and the older ones. Sums stand again on the spans around a call.

Starts are rounded down to a millisecond, durations are exact.
"""

from typing import Any

from apps.ingest.adapters import allowed, genai, http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT, LEGACY = "vercel_ai", "vercel_ai_legacy"
SCOPE, LEGACY_SCOPE = "gen_ai", "ai"
_ID = "ai.operationId"
_CALLS = (".doGenerate", ".doStream", ".doEmbed")


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    dialect, role = genai.classify(name, kind, said)
    return (DIALECT, role) if role in ("llm", "other") else (dialect, role)


def classify_legacy(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    what = said.pop(_ID, None)
    if what is None:
        return http.classify(name, kind, said)
    if not what.endswith(_CALLS):
        return LEGACY, "other"
    said[kept.CALL] = "embeddings" if what.endswith(".doEmbed") else "chat"
    said[kept.STREAM] = what.endswith(".doStream")
    if not said[kept.STREAM]:
        said.pop(kept.FIRST_CHUNK, None)
    return LEGACY, "llm"


READER = Dialect(
    attributes={**kept.GENAI, "gen_ai.client.operation.time_to_first_chunk": (kept.FIRST_CHUNK, allowed.seconds)},
    classify=classify,
    texts=http.TEXTS,
)
LEGACY_READER = Dialect(
    attributes={
        **kept.GENAI,
        _ID: (_ID, allowed.word),
        "ai.model.provider": (kept.SYSTEM, allowed.label),
        "ai.model.id": (kept.MODEL, allowed.label),
        "ai.response.model": (kept.ANSWERED, allowed.label),
        "ai.response.id": (kept.RESPONSE_ID, allowed.label),
        "ai.response.msToFirstChunk": (kept.FIRST_CHUNK, allowed.milliseconds),
        "ai.usage.inputTokens": (kept.INPUT, allowed.tokens),
        "ai.usage.promptTokens": (kept.INPUT, allowed.tokens),
        "ai.usage.outputTokens": (kept.OUTPUT, allowed.tokens),
        "ai.usage.completionTokens": (kept.OUTPUT, allowed.tokens),
        "ai.usage.cachedInputTokens": (kept.CACHE_READ, allowed.tokens),
        "ai.usage.reasoningTokens": (kept.REASONING, allowed.tokens),
        "ai.telemetry.functionId": (kept.AGENT, allowed.label),
    },
    classify=classify_legacy,
    texts=http.TEXTS,
)
