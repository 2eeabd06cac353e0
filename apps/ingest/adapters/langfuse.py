"""Langfuse's own spans. The model named is the one that answered, or the one asked for when the call failed; a failed call
says that it cost 0. The application's span around the calls is not exported, but is named as their parent."""

from typing import Any

from apps.ingest.adapters import allowed, glimpse, http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "langfuse"
SCOPES = ("langfuse-sdk",)
TYPE = "langfuse.observation.type"
LEVEL = "langfuse.observation.level"
NAMED = "langfuse.observation.model.name"
_CALLS = {"generation": "chat", "embedding": "embeddings"}


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    what, level, named = said.pop(TYPE, None), said.pop(LEVEL, None), said.pop(NAMED, None)
    if what not in _CALLS:
        return (DIALECT, "other") if what else http.classify(name, kind, said)
    said.setdefault(kept.CALL, _CALLS[what])
    if level == "ERROR":
        said.setdefault(kept.ERROR, "unknown")
    if named is not None:
        said.setdefault(kept.MODEL, named)
        if kept.ERROR not in said:
            said.setdefault(kept.ANSWERED, named)
    return DIALECT, "llm"


def _status(text: str, started_ns: int) -> dict[str, Any]:  # noqa: ARG001
    found = glimpse.status_in(text)
    return {kept.STATUS: found} if found else {}


def _cost(text: str, started_ns: int) -> dict[str, Any]:  # noqa: ARG001
    found = glimpse.amount(text, "total")
    return {kept.COST: allowed.cost("cost_details", found)} if found else {}


READER = Dialect(
    attributes={
        TYPE: (TYPE, allowed.word),
        LEVEL: (LEVEL, allowed.word),
        NAMED: (NAMED, allowed.label),
        "langfuse.environment": (kept.ENVIRONMENT, allowed.label),
        **kept.GENAI,
    },
    classify=classify,
    texts={
        "langfuse.observation.usage_details": glimpse.usage,
        "langfuse.observation.cost_details": _cost,
        "langfuse.observation.completion_start_time": glimpse.first_chunk_at,
        "langfuse.observation.status_message": _status,
        **http.TEXTS,
    },
)
