"""Files that are handed over, in the OpenAPI description."""

from typing import Any

from apps.ingest.openapi_answers import COUNT, REFUSALS, TEXT, answered, refusal, refused
from apps.ingest.openapi_posts import KEYS

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
COLUMNS = (
    'Of a table that nobody knows: {"columns": {"received_at": "time", "model": "model"}, "durations": "ms" or "s", '
    '"costs": "usd" or "cents"}.'
)
NO_ADDRESS = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is nothing at this address."}


def paths() -> dict[str, Any]:
    return {"/api/v1/imports": {"post": _hand_over()}, "/api/v1/imports/{id}": {"get": _follow()}}


def components() -> dict[str, Any]:
    return {"Import": _schema()}


def _hand_over() -> dict[str, Any]:
    file = {"schema": TEXT, "example": '{"request_id":"r-1","received_at":"2026-11-24T08:00:00Z"}\n'}
    return {
        "operationId": "imports_create",
        "summary": "Hand a file over",
        "description": "NDJSON, JSON, CSV or Parquet, plain or packed with gzip or zstd; the body is the file. It is "
        "read by a task: 202 when there is something to do, 200 for a file that was handed over before.",
        "tags": ["files"],
        "security": KEYS,
        "parameters": [
            {"name": "name", "in": "query", "schema": TEXT, "description": "What the file is called."},
            {"name": "columns", "in": "query", "schema": TEXT, "description": COLUMNS},
        ],
        "requestBody": {"required": True, "content": {"application/octet-stream": file}},
        "responses": {
            "202": _import("Handed over."),
            "200": _import("Known."),
            **refused(("411", "The length was not said."), but=("415",)),
        },
    }


def _follow() -> dict[str, Any]:
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return {
        "operationId": "imports_retrieve",
        "summary": "How far a file is",
        "tags": ["files"],
        "security": KEYS,
        "parameters": [key],
        "responses": {
            "200": _import("As it is now."),
            "401": refusal(REFUSALS["401"]),
            "404": _no_import(refusal("This deployment has no such import, or it is no id of one.")),
            "503": refusal("It cannot be looked up now; ask again after Retry-After."),
        },
    }


def _no_import(described: dict[str, Any]) -> dict[str, Any]:
    """What is no UUID leads to no address, and is answered as such."""
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": NO_ADDRESS}
    return {**described, "content": {**described["content"], "application/problem+json": problem}}


def _import(what: str) -> dict[str, Any]:
    return answered(what, {"$ref": "#/components/schemas/Import"}, FILE_OF_ONE)


def _schema() -> dict[str, Any]:
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
    said = "A file that was handed over, and how far it is."
    return {"type": "object", "description": said, "required": list(properties), "properties": properties}
