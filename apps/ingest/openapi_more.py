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
REFUSALS = {
    "400": "The body as a whole cannot be read: broken, empty, badly packed, too deep.",
    "401": "No valid ingestion key.",
    "408": "The body came too slowly.",
    "413": "Too large or too many; the limits are in the body.",
    "415": "A content type or coding that is not supported.",
    "429": "The key has used up its allowance; send it again after Retry-After.",
    "503": "It could not be stored now; send it again after Retry-After.",
}
COMMITTED = {"accepted": 1, "duplicate": 0, "conflict": 0, "rejected": []}
SCORE = {"request_id": "req-2f6c1d", "name": "helpfulness", "value": 0.75, "scored_at": "2026-11-24T09:30:00Z"}
OUTCOME = {"prompt_id": "p-0041", "model": "gpt-4o-mini", "task": "classification", "score": 1.0, "cost": 0.00042}
RELEASE = {"kind": "release", "label": "router 4.2", "at": "2026-11-24T09:30:00Z"}
OUTCOME = {"prompt_id": "p-0017", "task": "answer", "model": "gpt-4o-mini", "score": 0.5, "input_tokens": 1320}
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
FILE_OF_ONE = {
    "id": "7f8c6c1e-3c1a-4b44-9a54-1f3a4f3f0f11",
    "name": "november.ndjson.gz",
    "state": "done",
    "dialect": "Helicone export",
    "progress": 1.0,
    "rows": 41_207,
    "accepted": 41_180,
    "duplicate": 20,
    "conflict": 0,
    "rejected": 7,
    "reasons": {"too_old": 7},
    "warnings": {},
    "fault": None,
    "created_at": "2026-11-24T08:00:00+00:00",
    "finished_at": "2026-11-24T08:00:41+00:00",
}

NO_ADDRESS = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is nothing at this address."}


def answered(what: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"description": what, "content": {"application/json": {"schema": schema, "example": example}}}


def refused(refusal: Any, *more: tuple[str, str], but: tuple[str, ...] = ()) -> dict[str, Any]:
    """By status, how a post may be turned down."""
    return {status: refusal(why) for status, why in {**REFUSALS, **dict(more)}.items() if status not in but}


def paths(*, refusal: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """`refusal(why)` describes a post that was turned down, `answer` one that was taken."""
    taken = answered("Committed.", answer, COMMITTED)
    turned_down = refused(refusal)
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
                "requestBody": _body({"type": "object"}, CALL),
                "responses": {"200": taken, **turned_down},
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
                "requestBody": _body(one, SCORE),
                "responses": {"200": taken, **turned_down},
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
                "requestBody": _body({"$ref": "#/components/schemas/Annotation"}, RELEASE),
                "responses": {"200": taken, **turned_down},
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
                "requestBody": _body({"$ref": "#/components/schemas/Outcome"}, OUTCOME),
                "responses": {"200": taken, **turned_down},
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
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/octet-stream": {
                            "schema": TEXT,
                            "example": '{"request_id":"r-1","received_at":"2026-11-24T08:00:00Z"}\n',
                        }
                    },
                },
                "responses": {
                    "202": _import("Handed over."),
                    "200": _import("Known."),
                    **refused(refusal, ("411", "The length was not said."), but=("415",)),
                },
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
                "responses": {
                    "200": _import("As it is now."),
                    "401": refusal(REFUSALS["401"]),
                    "404": _no_import(refusal("This deployment has no such import, or it is no id of one.")),
                    "503": refusal("It cannot be looked up now; ask again after Retry-After."),
                },
            }
        },
    }


def components() -> dict[str, Any]:
    _, found = msgspec.json.schema_components([Score, Annotation, Outcome], ref_template="#/components/schemas/{name}")
    return found


def _body(one: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    some = {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": DEFAULT.items}]}
    return {
        "required": True,
        "content": {
            "application/json": {"schema": some, "example": example},
            "application/x-ndjson": {"schema": one, "example": example},
        },
    }


def _no_import(described: dict[str, Any]) -> dict[str, Any]:
    """What is no UUID leads to no address, and is answered as such."""
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": NO_ADDRESS}
    return {**described, "content": {**described["content"], "application/problem+json": problem}}


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
    return answered(what, schema, FILE_OF_ONE)
