"""Which spans are LiteLLM's second generation, and what is kept of them."""

from collections.abc import Mapping
from typing import Any

from apps.ingest.adapters import allowed
from apps.ingest.adapters.litellm_otel_v2 import DIALECT
from apps.ingest.spans import CLIENT_KIND, Role

SELECTED = "litellm.request.deployment_selected"
ROUTE = "route "
OPERATION = "operation"
GROUP = "group"

ATTRIBUTES: Mapping[str, tuple[str, allowed.Form]] = {
    "gen_ai.operation.name": ("gen_ai.operation.name", allowed.word),
    "gen_ai.provider.name": ("gen_ai.provider.name", allowed.label),
    "gen_ai.system": ("gen_ai.system", allowed.label),
    "gen_ai.request.model": ("gen_ai.request.model", allowed.label),
    "gen_ai.response.model": ("gen_ai.response.model", allowed.label),
    "gen_ai.response.id": ("gen_ai.response.id", allowed.label),
    "gen_ai.response.time_to_first_chunk": ("gen_ai.response.time_to_first_chunk", allowed.seconds),
    "gen_ai.usage.input_tokens": ("gen_ai.usage.input_tokens", allowed.tokens),
    "gen_ai.usage.output_tokens": ("gen_ai.usage.output_tokens", allowed.tokens),
    "gen_ai.usage.cache_read.input_tokens": ("gen_ai.usage.cache_read.input_tokens", allowed.tokens),
    "gen_ai.usage.cache_creation.input_tokens": ("gen_ai.usage.cache_write.input_tokens", allowed.tokens),
    "gen_ai.usage.cache_write.input_tokens": ("gen_ai.usage.cache_write.input_tokens", allowed.tokens),
    "gen_ai.usage.reasoning.output_tokens": ("gen_ai.usage.reasoning.output_tokens", allowed.tokens),
    "litellm.call_id": ("litellm.call_id", allowed.word),
    "litellm.provider.model": ("litellm.provider.model", allowed.label),
    "litellm.provider.error.code": ("litellm.provider.error.code", allowed.word),
    "litellm.cost.total": ("litellm.cost.total", allowed.cost),
    "litellm.request.streaming": ("litellm.request.streaming", allowed.flag),
    "litellm.request.route": (OPERATION, allowed.operation),
    "http.route": (OPERATION, allowed.operation),
    "http.target": (OPERATION, allowed.operation),
    "url.path": (OPERATION, allowed.operation),
    "http.status_code": ("http.response.status_code", allowed.status),
    "http.response.status_code": ("http.response.status_code", allowed.status),
    "error.type": ("error.type", allowed.class_name),
}
"""Name on the wire: (name it is kept under, its form)."""

EVENT_ATTRIBUTES: Mapping[str, tuple[str, allowed.Form]] = {
    "litellm.deployment.attempt": ("attempt", allowed.ordinal),
    "litellm.deployment.reason": ("reason", allowed.word),
    "litellm.deployment.model_group": (GROUP, allowed.label),
}
EVENTS: Mapping[str, Mapping[str, tuple[str, allowed.Form]]] = {SELECTED: EVENT_ATTRIBUTES}


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    """Of the scope `litellm`. The group stands in a name, or where the model should."""
    if name.startswith(ROUTE):
        group = allowed.label(GROUP, name.removeprefix(ROUTE))
        if group is not None:
            said[GROUP] = group
        return DIALECT, "route"
    if name.startswith("auth /"):
        return DIALECT, "auth"
    if kind == CLIENT_KIND and "gen_ai.operation.name" in said and "litellm.call_id" in said:
        if "gen_ai.request.model" in said:
            said[GROUP] = said["gen_ai.request.model"]
        return DIALECT, "llm"
    return DIALECT, "other"


def stands_alone(role: Role, parent: str | None, attributes: Mapping[str, Any]) -> bool:
    """Whether a span is one of a router without an application span around it, where each is a trace of its own."""
    return parent is None and role in ("route", "llm") and OPERATION not in attributes
