"""The names that facts of all dialects are kept under, and the table of the GenAI conventions that most of them share.

Where OpenTelemetry has a name, it is that one. Tables map a name on the wire to the name it is kept under and its form.
"""

from collections.abc import Mapping
from typing import Any

from apps.ingest.adapters import allowed

Wanted = Mapping[str, tuple[str, allowed.Form]]

PROVIDER = "gen_ai.provider.name"
SYSTEM = "gen_ai.system"
HOST = "host"
"""The provider that a host name belongs to; the host itself is not kept."""
CALL = "gen_ai.operation.name"
OPERATION = "operation"
"""What the path of an HTTP request asks for; the path itself is not kept."""
MODEL = "gen_ai.request.model"
ANSWERED = "gen_ai.response.model"
RESPONSE_ID = "gen_ai.response.id"
FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
STREAM = "gen_ai.request.stream"
INPUT = "gen_ai.usage.input_tokens"
OUTPUT = "gen_ai.usage.output_tokens"
CACHE_READ = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE = "gen_ai.usage.cache_write.input_tokens"
REASONING = "gen_ai.usage.reasoning.output_tokens"
USAGE = (INPUT, OUTPUT, CACHE_READ, CACHE_WRITE, REASONING)
COST = "cost"
TIER = "service_tier"
STATUS = "http.response.status_code"
RESENT = "http.request.resend_count"
ERROR = "error.type"
CUT = "cut"
GROUP = "group"
"""A router's own name for the model or models that it chose among."""
CALL_ID = "litellm.call_id"
"""LiteLLM's own id of a request, by which its callbacks name it too."""
AGENT = "gen_ai.agent.name"
TASK = "tollmark.task"
ROUTE = "tollmark.route"
POLICY = "tollmark.policy"
USER_FACING = "tollmark.user_facing"
CACHE_HIT = "tollmark.cache_hit"
ENVIRONMENT = "environment"
SERVICE = "service"
TAG = "tag."
"""Begins the names of what a caller says of its request by names of its own."""

INHERITED = (TASK, ROUTE, POLICY, USER_FACING, AGENT)
"""What a span says of every call below it; all that is kept of spans that are only on the way."""

LABELS: Wanted = {
    TASK: (TASK, allowed.label),
    ROUTE: (ROUTE, allowed.label),
    POLICY: (POLICY, allowed.label),
    USER_FACING: (USER_FACING, allowed.flag),
    AGENT: (AGENT, allowed.label),
}
HTTP: Wanted = {
    "http.route": (OPERATION, allowed.operation),
    "http.target": (OPERATION, allowed.operation),
    "url.path": (OPERATION, allowed.operation),
    "http.status_code": (STATUS, allowed.status),
    STATUS: (STATUS, allowed.status),
    RESENT: (RESENT, allowed.ordinal),
    ERROR: (ERROR, allowed.class_name),
}
GENAI: Wanted = {
    CALL: (CALL, allowed.word),
    PROVIDER: (PROVIDER, allowed.label),
    SYSTEM: (SYSTEM, allowed.label),
    "server.address": (HOST, allowed.host),
    MODEL: (MODEL, allowed.label),
    ANSWERED: (ANSWERED, allowed.label),
    RESPONSE_ID: (RESPONSE_ID, allowed.label),
    FIRST_CHUNK: (FIRST_CHUNK, allowed.seconds),
    STREAM: (STREAM, allowed.flag),
    INPUT: (INPUT, allowed.tokens),
    OUTPUT: (OUTPUT, allowed.tokens),
    "gen_ai.usage.prompt_tokens": (INPUT, allowed.tokens),
    "gen_ai.usage.completion_tokens": (OUTPUT, allowed.tokens),
    CACHE_READ: (CACHE_READ, allowed.tokens),
    CACHE_WRITE: (CACHE_WRITE, allowed.tokens),
    "gen_ai.usage.cache_creation.input_tokens": (CACHE_WRITE, allowed.tokens),
    REASONING: (REASONING, allowed.tokens),
    "gen_ai.response.finish_reasons": (CUT, allowed.cut),
    "gen_ai.openai.response.service_tier": (TIER, allowed.tier),
    "openai.response.service_tier": (TIER, allowed.tier),
    "anthropic.response.service_tier": (TIER, allowed.tier),
    **LABELS,
    **HTTP,
}

CALLS = frozenset(
    {"chat", "text_completion", "generate_content", "embeddings", "completion", "image_generation", "rerank"}
)
"""Operations that are one call of a model; others, such as invoke_agent, sum up calls below them."""


def inherited(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in INHERITED if name in said}
