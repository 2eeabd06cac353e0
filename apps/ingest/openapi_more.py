"""The further ways in, in the OpenAPI description: LiteLLM's callback, scores, files."""

from typing import Any

import msgspec

from apps.ingest.annotations import Annotation
from apps.ingest.limits import DEFAULT
from apps.ingest.outcomes.nouns import Outcome
from apps.ingest.scores.nouns import Score

KEYS: list[dict[str, list[str]]] = [{"ingestKey": []}, {"ingestKeyHeader": []}]
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
TEXT = {"type": "string"}


def paths(*, refusal: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """`refusal(why)` describes a post that was turned down, `answer` one that was taken."""
    taken = {"description": "Committed.", "content": {"application/json": {"schema": answer}}}
    refused = {
        "400": refusal("It cannot be read."),
        "401": refusal("No valid ingestion key."),
        "413": refusal("Too large."),
    }
    one, some = {"$ref": "#/components/schemas/Score"}, f"up to {DEFAULT.items:,} a post, as one, a list, or one a line"
    return {
        "/v1/litellm": {
            "post": {
                "operationId": "litellm_create",
                "summary": "Rows of LiteLLM's callback `generic_api`",
                "description": f"StandardLoggingPayload, {some}. Set GENERIC_LOGGER_ENDPOINT to this address and "
                "GENERIC_LOGGER_HEADERS to x-api-key=KEY. Messages and answers are not read. Rows and spans of the same call "
                "are one request.",
                "tags": ["traces"],
                "security": KEYS,
                "requestBody": _body({"type": "object"}),
                "responses": {"200": taken, **refused},
            }
        },
        "/api/v1/scores": {
            "post": {
                "operationId": "scores_create",
                "summary": "Say how good answers were",
                "description": f"Scores, {some}. One may come before its request or weeks after it; what names no request "
                "is looked for during a week. The same score again is a duplicate.",
                "tags": ["scores"],
                "security": KEYS,
                "requestBody": _body(one),
                "responses": {"200": taken, **refused},
            }
        },
        "/api/v1/annotations": {
            "post": {
                "operationId": "annotations_create",
                "summary": "Say what happened to the deployment",
                "description": f"Releases, policies, price changes, incidents: {some}. Charts are marked with them. The same "
                "said twice, at the same moment, is one.",
                "tags": ["annotations"],
                "security": KEYS,
                "requestBody": _body({"$ref": "#/components/schemas/Annotation"}),
                "responses": {"200": taken, **refused},
            }
        },
        "/api/v1/replay-sets": {
            "post": {
                "operationId": "replay_sets_create",
                "summary": "Say how several models did on the same prompts",
                "description": f"Outcomes of one replay set, {some}; further posts add to it. A prompt is named by an id or a "
                "hash, its text is never asked for. Costs in USD, or tokens, which are priced. What is there already is kept.",
                "tags": ["scores"],
                "security": KEYS,
                "parameters": [{"name": "name", "in": "query", "required": True, "schema": {**TEXT, "maxLength": 100}}],
                "requestBody": _body({"$ref": "#/components/schemas/Outcome"}),
                "responses": {"200": taken, **refused},
            }
        },
        "/api/v1/imports": {
            "post": {
                "operationId": "imports_create",
                "summary": "Hand a file over",
                "description": "NDJSON, JSON, CSV or Parquet, plain or packed with gzip or zstd; the body is the file. It is "
                "read by a task: 202 when there is something to do, 200 for a file that was handed over before.",
                "tags": ["files"],
                "security": KEYS,
                "parameters": [
                    {"name": "name", "in": "query", "schema": TEXT, "description": "What the file is called."},
                    {
                        "name": "columns",
                        "in": "query",
                        "schema": TEXT,
                        "description": 'Of a table that nobody knows: {"columns": {"received_at": "time", "model": "model"}, '
                        '"durations": "ms" or "s", "costs": "usd" or "cents"}.',
                    },
                ],
                "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": TEXT}}},
                "responses": {"202": _import("Handed over."), "200": _import("Known."), **refused},
            }
        },
        "/api/v1/imports/{id}": {
            "get": {
                "operationId": "imports_retrieve",
                "summary": "How far a file is",
                "tags": ["files"],
                "security": KEYS,
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
                ],
                "responses": {"200": _import("As it is now."), "404": refusal("This deployment has no such import.")},
            }
        },
    }


def components() -> dict[str, Any]:
    _, found = msgspec.json.schema_components([Score, Annotation, Outcome], ref_template="#/components/schemas/{name}")
    return found


def _body(one: dict[str, Any]) -> dict[str, Any]:
    some = {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": DEFAULT.items}]}
    return {
        "required": True,
        "content": {"application/json": {"schema": some}, "application/x-ndjson": {"schema": one}},
    }


def _import(what: str) -> dict[str, Any]:
    states = ["unread", "columns", "waiting", "running", "done", "cancelled", "failed"]
    nullable = {"type": ["string", "null"]}
    properties = {
        "id": {"type": "string", "format": "uuid"},
        "name": TEXT,
        "state": {"type": "string", "enum": states},
        "dialect": nullable,
        "progress": {"type": "number", "minimum": 0, "maximum": 1},
        **dict.fromkeys(("rows", "accepted", "duplicate", "conflict", "rejected"), COUNT),
        **{by_code: {"type": "object", "additionalProperties": COUNT} for by_code in ("reasons", "warnings")},
        "fault": nullable,
        "created_at": {"type": "string", "format": "date-time"},
        "finished_at": nullable,
    }
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": what, "content": {"application/json": {"schema": schema}}}
