"""Spans that stand alone in their trace although another span speaks of the same request. Pure.

A router without an application's span makes a trace of each attempt, and Anthropic's library one of a call that an
instrumentation tells of in another. Such spans are put together by the process that sent them.
"""

from typing import Any

from apps.ingest.adapters import anthropic_sdk, kept, openllmetry
from apps.ingest.adapters.litellm_otel_v2 import DIALECT as LITELLM_V2
from apps.ingest.spans import Role


def stands_alone(dialect: str, role: Role, said: dict[str, Any]) -> bool:
    """Of a span without a parent. A proxy's spans are under its server's, though that may come last."""
    if dialect == LITELLM_V2:
        return role in ("route", "llm") and kept.OPERATION not in said
    return role == "llm" and speaks_of_anthropic(dialect, said)


def speaks_of_anthropic(dialect: str, said: dict[str, Any]) -> bool:
    if dialect == anthropic_sdk.DIALECT:
        return True
    provider = said.get(kept.PROVIDER) or said.get(kept.SYSTEM) or ""
    return dialect == openllmetry.DIALECT and provider.lower() == "anthropic"
