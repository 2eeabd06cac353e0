"""The way in, in the OpenAPI description: generated from the very types that decode a post."""

from functools import cache
from typing import Any

import msgspec

from apps.ingest import openapi_answers, openapi_files, openapi_posts
from apps.ingest.limits import DEFAULT
from apps.ingest.openapi_posts import items, posted
from apps.ingest.refusals import Rejection
from apps.traces.nouns import Request

PATH = "/api/v1/traces"
EXAMPLE: dict[str, Any] = {
    "request_id": "req-2f6c1d",
    "received_at": "2026-11-24T08:00:00.125Z",
    "task": "support-answer",
    "route": "chat-default",
    "user_facing": True,
    "streaming": True,
    "routing_overhead_ms": 11.5,
    "overhead_basis": "receive_to_dispatch",
    "latency_ms": 1840.2,
    "ttft_ms": 912.0,
    "tags": {"team": "support"},
    "attempts": [
        {
            "provider": "openai",
            "model": "gpt-4o-mini",
            "start_offset_ms": 11.5,
            "latency_ms": 402.0,
            "status": 429,
            "error_type": "rate_limit",
        },
        {
            "provider": "anthropic",
            "model": "claude-haiku-4-5",
            "start_offset_ms": 640.0,
            "latency_ms": 1200.2,
            "ttft_ms": 272.0,
            "status": 200,
            "usage": {"input_tokens": 1320, "cache_read_input_tokens": 1024, "output_tokens": 212},
            "cost": "0.00137",
        },
    ],
}

SENT_AT = {
    "name": "Sent-At",
    "in": "header",
    "schema": {"type": "string", "format": "date-time"},
    "description": "The sender's clock when it sends: times are corrected by what it is wrong by.",
}


@cache
def request_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one request."""
    schema = _with_costs(msgspec.json.schema(Request))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Request", **schema}


def _with_costs(schema: Any) -> Any:
    """A cost may be a number too, or its digits as text where a float would lose some; it is never negative."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            return {**schema, "type": ["number", "string"], "minimum": 0}
        return {key: _with_costs(value) for key, value in schema.items()}
    return [_with_costs(value) for value in schema] if isinstance(schema, list) else schema


@cache
def _components() -> dict[str, Any]:
    _, components = msgspec.json.schema_components(
        [Request, Rejection], ref_template="#/components/schemas/Trace{name}"
    )
    others = openapi_answers.components() | openapi_posts.components() | openapi_files.components()
    return {name: _with_costs(schema) for name, schema in {**_traces(components), **others}.items()}


def _traces(components: dict[str, Any]) -> dict[str, Any]:
    return {f"Trace{name}": schema for name, schema in components.items()}


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001
    """A post-processing hook of drf-spectacular, which does not see views that are not DRF's."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {}).update(_components())
    components.setdefault("securitySchemes", {}).update(
        {
            "ingestKey": {"type": "http", "scheme": "bearer", "description": "An ingestion key: `tmk_...`"},
            "ingestKeyHeader": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        }
    )
    result.setdefault("paths", {}).update({PATH: _traces_path(), **openapi_posts.paths(), **openapi_files.paths()})
    return result


def _traces_path() -> dict[str, Any]:
    said = {
        "operationId": "traces_create",
        "summary": "Report requests with their attempts",
        "description": (
            f"Up to {DEFAULT.items:,} requests and {DEFAULT.body_bytes // 2**20} MiB a post, sent or inflated; gzip and "
            "zstd are understood. Answered once it is committed. One bad item never costs the others. A request is "
            "identified by its deployment, request_id and the UTC day of received_at: sent again it is a duplicate, with "
            "other content a conflict, of which the first is kept. Of duplicate keys in an object the last counts."
        ),
        "tags": ["traces"],
    }
    return posted(said=said, body=items({"$ref": "#/components/schemas/TraceRequest"}, EXAMPLE), parameters=(SENT_AT,))
