"""Spans of Anthropic's own library, which it makes beside those of any instrumentation once there is a tracer.

One span a call; `http.request.resend_count` says how many requests went before the last one. The same call usually has a
second span: around it, beside it, or in a trace of its own.
"""

from typing import Any

from apps.ingest.adapters import http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "anthropic_sdk"
SCOPES = ("com.anthropic.sdk.python", "com.anthropic.sdk")


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:  # noqa: ARG001
    return DIALECT, "llm" if said.get(kept.CALL) in kept.CALLS else "other"


READER = Dialect(attributes=kept.GENAI, classify=classify, texts=http.TEXTS)
