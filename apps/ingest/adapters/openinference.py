"""OpenInference (Arize): its instrumentations of OpenAI, Anthropic, LiteLLM, LangChain, OpenAI Agents and others.

`llm.model_name` is the model that answered where the call went well and the parameters name the model asked for; a call
that failed has its model only there. LangChain's wrappers that retry or fall back are spans of their own around the calls.
"""

from typing import Any

from apps.ingest.adapters import allowed, glimpse, http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "openinference"
SCOPE = "openinference."
KIND = "openinference.span.kind"
NAMED = "llm.model_name"
_WRAPPERS = ("RunnableWithFallbacks", "RunnableRetry", "Chat", "Azure")
"""Beginnings of the names of chains in which calls are one request: a model's own class is named when it retries."""


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    what = said.pop(KIND, None)
    if what in ("LLM", "EMBEDDING"):
        _settle_models(said)
        said.setdefault(kept.CALL, "chat" if what == "LLM" else "embeddings")
        return DIALECT, "llm"
    if what == "CHAIN" and name.startswith(_WRAPPERS):
        return DIALECT, "joint"
    return (DIALECT, "other") if what else http.classify(name, kind, said)


def _settle_models(said: dict[str, Any]) -> None:
    named = said.pop(NAMED, None)
    if named is None:
        return
    asked = said.setdefault(kept.MODEL, named)
    if asked != named:
        said.setdefault(kept.ANSWERED, named)


ATTRIBUTES: kept.Wanted = {
    KIND: (KIND, allowed.word),
    "llm.provider": (kept.PROVIDER, allowed.label),
    "llm.system": (kept.SYSTEM, allowed.label),
    NAMED: (NAMED, allowed.label),
    "embedding.model_name": (NAMED, allowed.label),
    "llm.request.model_name": (kept.MODEL, allowed.label),
    "llm.response.model_name": (kept.ANSWERED, allowed.label),
    "llm.token_count.prompt": (kept.INPUT, allowed.tokens),
    "llm.token_count.completion": (kept.OUTPUT, allowed.tokens),
    "llm.token_count.prompt_details.cache_read": (kept.CACHE_READ, allowed.tokens),
    "llm.token_count.prompt_details.cache_write": (kept.CACHE_WRITE, allowed.tokens),
    "llm.token_count.completion_details.reasoning": (kept.REASONING, allowed.tokens),
    "llm.cost.total": (kept.COST, allowed.spelled_cost),
    "agent.name": (kept.AGENT, allowed.label),
    kept.ANSWERED: (kept.ANSWERED, allowed.label),
    kept.RESPONSE_ID: (kept.RESPONSE_ID, allowed.label),
    **kept.LABELS,
    **kept.HTTP,
}
READER = Dialect(
    attributes=ATTRIBUTES,
    classify=classify,
    texts={"llm.invocation_parameters": glimpse.invocation},
    first_tokens=frozenset({"First Token Stream Event"}),
)
