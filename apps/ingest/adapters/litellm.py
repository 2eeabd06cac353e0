"""The scope `litellm`: two generations of spans, told apart by what they are called and carry."""

from typing import Any

from apps.ingest.adapters import kept
from apps.ingest.adapters.dialect import Dialect
from apps.ingest.adapters.litellm_otel_v1 import facts as first
from apps.ingest.adapters.litellm_otel_v2 import facts as second
from apps.ingest.spans import Role

SCOPE = "litellm"


def classify(name: str, kind: int, said: dict[str, Any]) -> tuple[str, Role]:
    return first.classify(name, kind, said) or second.classify(name, kind, said)


READER = Dialect(
    attributes={**kept.GENAI, **second.ATTRIBUTES, **first.ATTRIBUTES, **kept.LABELS},
    classify=classify,
    events=second.EVENTS,
    texts=first.TEXTS,
    prefixed=first.raw,
)
