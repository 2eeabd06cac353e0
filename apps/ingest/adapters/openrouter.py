"""OpenRouter's Broadcast, by its documentation: no capture of it was at hand.

A root span holds tokens and cost, below it `provider attempt N: <Provider>` for each try; the spans below carry zeros, and
nothing of what they say but their times is relied on.
"""

from typing import Any

from apps.ingest.adapters import allowed, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "openrouter"
SCOPES = ("openrouter",)
ATTEMPT = "provider attempt "


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:  # noqa: ARG001
    if name.startswith(ATTEMPT):
        provider = allowed.label("provider", name.partition(":")[2].strip())
        said.clear()
        if provider is not None:
            said[kept.PROVIDER] = provider
        return DIALECT, "attempt"
    return DIALECT, "llm" if said.get(kept.CALL) in kept.CALLS else "other"


ATTRIBUTES: kept.Wanted = {
    **kept.GENAI,
    "gen_ai.usage.input_tokens.cached": (kept.CACHE_READ, allowed.tokens),
    "gen_ai.usage.output_tokens.reasoning": (kept.REASONING, allowed.tokens),
    "gen_ai.usage.total_cost": (kept.COST, allowed.spelled_cost),
}
READER = Dialect(attributes=ATTRIBUTES, classify=classify)
