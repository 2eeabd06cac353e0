"""Posts of items other than traces, in the OpenAPI description: LiteLLM's callback, scores, annotations, replay sets."""

from typing import Any

import msgspec

from apps.ingest import openapi_answers
from apps.ingest.annotations import Annotation
from apps.ingest.limits import DEFAULT
from apps.ingest.openapi_answers import TEXT
from apps.ingest.outcomes.nouns import Outcome
from apps.ingest.scores.nouns import Score

KEYS: list[dict[str, list[str]]] = [{"ingestKey": []}, {"ingestKeyHeader": []}]
SOME = f"up to {DEFAULT.items:,} a post, as one, a list, or one a line"
PACKED = {
    "name": "Content-Encoding",
    "in": "header",
    "schema": {"type": "string", "enum": ["gzip", "zstd", "identity"]},
}
SCORE = {"request_id": "req-2f6c1d", "name": "helpfulness", "value": 0.75, "scored_at": "2026-11-24T09:30:00Z"}
OUTCOME = {"prompt_id": "p-0017", "task": "answer", "model": "gpt-4o-mini", "score": 0.5, "input_tokens": 1320}
RELEASE = {"kind": "release", "label": "router 4.2", "at": "2026-11-24T09:30:00Z"}
CALL = {
    "id": "chatcmpl-8a1c",
    "litellm_call_id": "0b5f7a52-6a0e-4f0e-8f5e-8f0f1c2d3e4f",
    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "call_type": "acompletion",
    "status": "success",
    "model": "gpt-4o-mini",
    "custom_llm_provider": "openai",
    "startTime": 1_764_000_000.25,
    "endTime": 1_764_000_001.5,
    "prompt_tokens": 1320,
    "completion_tokens": 212,
    "response_cost": 0.0003252,
}


def paths() -> dict[str, Any]:
    return {
        "/v1/litellm": _litellm(),
        "/api/v1/scores": _scores(),
        "/api/v1/annotations": _annotations(),
        "/api/v1/replay-sets": _replay_sets(),
    }


def components() -> dict[str, Any]:
    _, found = msgspec.json.schema_components([Score, Annotation, Outcome], ref_template="#/components/schemas/{name}")
    return found


def posted(
    *, said: dict[str, Any], body: dict[str, Any], parameters: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    """A post of items by a program with an ingestion key."""
    return {
        "post": {
            **said,
            "security": KEYS,
            "parameters": [*parameters, PACKED],
            "requestBody": body,
            "responses": {"200": openapi_answers.taken(), **openapi_answers.refused()},
        }
    }


def items(one: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """A body of one item, a list of them, or one a line."""
    some = {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": DEFAULT.items}]}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": some, "example": example},
            "application/x-ndjson": {"schema": one, "example": example},
        },
    }


def _litellm() -> dict[str, Any]:
    said = {
        "operationId": "litellm_create",
        "summary": "Rows of LiteLLM's callback `generic_api`",
        "description": f"StandardLoggingPayload, {SOME}. Set GENERIC_LOGGER_ENDPOINT to this address and "
        "GENERIC_LOGGER_HEADERS to x-api-key=KEY. Messages and answers are not read. Rows and spans of the same call "
        "are one request.",
        "tags": ["traces"],
    }
    row = {"type": "object", "additionalProperties": True}
    return posted(said=said, body=items(row, CALL))


def _scores() -> dict[str, Any]:
    said = {
        "operationId": "scores_create",
        "summary": "Say how good answers were",
        "description": f"Scores, {SOME}. One may come before its request or weeks after it; what names no request "
        "is looked for during a week. The same score again is a duplicate.",
        "tags": ["scores"],
    }
    return posted(said=said, body=items({"$ref": "#/components/schemas/Score"}, SCORE))


def _annotations() -> dict[str, Any]:
    said = {
        "operationId": "annotations_create",
        "summary": "Say what happened to the deployment",
        "description": f"Releases, policies, price changes, incidents: {SOME}. Charts are marked with them. The same "
        "said twice, at the same moment, is one.",
        "tags": ["annotations"],
    }
    return posted(said=said, body=items({"$ref": "#/components/schemas/Annotation"}, RELEASE))


def _replay_sets() -> dict[str, Any]:
    said = {
        "operationId": "replay_sets_create",
        "summary": "Say how several models did on the same prompts",
        "description": f"Outcomes of one replay set, {SOME}; further posts add to it. A prompt is named by an id or a "
        "hash, its text is never asked for. Costs in USD, or tokens, which are priced. What is there already is kept.",
        "tags": ["scores"],
    }
    name = {"name": "name", "in": "query", "required": True, "schema": {**TEXT, "maxLength": 100}}
    return posted(said=said, body=items({"$ref": "#/components/schemas/Outcome"}, OUTCOME), parameters=(name,))
