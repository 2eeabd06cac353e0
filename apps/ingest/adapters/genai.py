"""OpenTelemetry's GenAI conventions, of every version: the official instrumentations, and whoever follows them.

A span covers a call with all its retries, so attempts are not known, unless HTTP spans below it show them. The conventions
may not be told apart by what a span says of its schema: instrumentations name one version and emit another.
"""

from typing import Any

from apps.ingest.adapters import glimpse, http, kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.spans import Role

DIALECT = "genai"


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    if said.get(kept.CALL) in kept.CALLS:
        return DIALECT, "llm"
    if kept.CALL in said:
        return DIALECT, "other"
    return http.classify(name, kind, said)


READER = Dialect(
    attributes=kept.GENAI, classify=classify, texts=http.TEXTS | {"gen_ai.openai.api_base": glimpse.api_base}
)
