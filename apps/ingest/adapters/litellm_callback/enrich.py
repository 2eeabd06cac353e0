"""What the callback knows of a request that was derived from spans: tags, and what the spans leave out of its calls."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from apps.ingest.adapters.litellm_callback import CALL_ID
from apps.ingest.spans import SpanFact
from apps.traces.nouns import Attempt, Request


def enrich(requests: Sequence[Request], rows: Iterable[SpanFact]) -> list[Request]:
    """`rows` are those of the calls of these requests. The spans are believed wherever they say something."""
    known = sorted(rows, key=lambda row: (row.started_ns, row.span_id))
    answered = {row.attributes["response_id"]: row for row in known if "response_id" in row.attributes}
    return [_enriched(request, _rows_of(request, requests, known, answered), answered) for request in requests]


def _rows_of(
    request: Request, requests: Sequence[Request], known: list[SpanFact], answered: dict[str, SpanFact]
) -> list[SpanFact]:
    """By the answers it got; where there is but one request, every row is of it."""
    if len(requests) == 1:
        return known
    found = [answered[a.response_id] for a in request.attempts if a.response_id in answered]
    calls = {row.attributes[CALL_ID] for row in found}
    return [row for row in known if row.attributes[CALL_ID] in calls]


def _enriched(request: Request, rows: list[SpanFact], answered: dict[str, SpanFact]) -> Request:
    labels: dict[str, Any] = {}
    for row in rows:
        for name, value in (row.attributes.get("labels") or {}).items():
            labels.setdefault(name, value)
    changed: dict[str, Any] = {
        name: labels[name] for name in ("task", "route", "policy", "environment") if name in labels
    }
    if "tags" in labels:
        changed["tags"] = labels["tags"] | (request.tags or {})
    if any(a.response_id in answered for a in request.attempts):
        changed["attempts"] = [_attempt(a, answered.get(a.response_id or "")) for a in request.attempts]
    return replace(request, **changed) if changed else request


def _attempt(attempt: Attempt, row: SpanFact | None) -> Attempt:
    if row is None:
        return attempt
    said, changed = row.attributes, dict[str, Any]()
    if attempt.usage is not None:
        pairs = {
            "cache_read_input_tokens": said.get("cache_read"),
            "cache_write_input_tokens": said.get("cache_write"),
            "reasoning_output_tokens": said.get("reasoning"),
        }
        missing = {name: value for name, value in pairs.items() if getattr(attempt.usage, name) is None}
        changed["usage"] = replace(attempt.usage, **missing)
        if attempt.cost is None and "cost" in said:
            changed |= {"cost": Decimal(said["cost"]), "cost_basis": "gateway"}
    if attempt.response_model is None:
        changed["response_model"] = said.get("answered")
    return replace(attempt, **changed)
