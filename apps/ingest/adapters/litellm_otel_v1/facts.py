"""Which spans are LiteLLM's first generation, and what is kept of them."""

from typing import Any

from apps.ingest.adapters import allowed, glimpse, kept
from apps.ingest.adapters.dialect import Glimpse
from apps.ingest.adapters.litellm_otel_v1 import DIALECT, requester
from apps.ingest.spans import SERVER_KIND, Role

CODE = "error.code"
_OPERATIONS = {
    "completion": "chat",
    "text_completion": "completion",
    "embedding": "embeddings",
    "image_generation": "image_generation",
    "transcription": "transcription",
    "speech": "speech",
    "rerank": "rerank",
    "responses": "responses",
    "moderation": "moderation",
    "anthropic_messages": "chat",
}
ATTRIBUTES: kept.Wanted = {
    "litellm.model_group": (kept.GROUP, allowed.label),
    "gen_ai.cost.total_cost": (kept.COST, allowed.cost),
    "llm.is_streaming": (kept.STREAM, allowed.spelled_flag),
    "service": ("service.call", allowed.word),
    CODE: (CODE, allowed.word),
}


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role] | None:
    """None for a span of another generation."""
    service, code = said.pop("service.call", None), said.pop(CODE, "")
    if name == "litellm_request":
        _settle_call(said, code)
        return DIALECT, "llm"
    if name == "raw_gen_ai_request":
        said.setdefault(kept.CALL, "chat")
        return DIALECT, "raw"
    if name == "Received Proxy Server Request" and kind == SERVER_KIND:
        return DIALECT, "server"
    if service is not None:
        return DIALECT, "timer" if name == "self" else "auth" if name == "auth" else "other"
    return None


def _settle_call(said: dict[str, Any], code: str) -> None:
    """LiteLLM's functions are named for what they do; a failed call has the call's id for the answer's."""
    said[kept.CALL] = _OPERATIONS.get(str(said.get(kept.CALL, "")).removeprefix("a"), "chat")
    if said.get(kept.RESPONSE_ID) == said.get(kept.CALL_ID):
        said.pop(kept.RESPONSE_ID, None)
    name = said.get(kept.ERROR)
    if name == "Timeout":
        # The 408 is LiteLLM's own: nobody answered.
        said[kept.ERROR] = "timeout"
        said.pop(kept.STATUS, None)
    elif name is not None and code.isdigit() and 100 <= int(code) <= 599:
        said.setdefault(kept.STATUS, int(code))


def details(text: str, started_ns: int) -> dict[str, Any]:
    """Cached and reasoning tokens, which no attribute of their own tells."""
    told = glimpse.usage(text, started_ns)
    return {name: told[name] for name in (kept.CACHE_READ, kept.CACHE_WRITE, kept.REASONING) if name in told}


def raw(key: str) -> Glimpse | None:
    """`llm.<provider>.usage` and its like: the provider's own words about its answer."""
    if not key.startswith("llm."):
        return None
    provider, _, what = key.removeprefix("llm.").partition(".")
    if what == "usage":
        return glimpse.disjoint_usage if provider == "anthropic" else glimpse.usage
    if what == "model":
        return lambda text, _: {
            kept.PROVIDER: allowed.label(key, provider),
            kept.MODEL: allowed.label(key, text),
            kept.ANSWERED: allowed.label(key, text),
        }
    if what == "id":
        return lambda text, _: {kept.RESPONSE_ID: allowed.label(key, text)}
    return None


TEXTS = {"metadata.usage_object": details, "metadata.requester_metadata": requester.said_by}
