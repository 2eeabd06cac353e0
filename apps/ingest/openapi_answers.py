"""How a post is answered, in the OpenAPI description: as what was done with its items, or turned down as a whole."""

from typing import Any

COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
TEXT: dict[str, Any] = {"type": "string"}
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


def answered(what: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"description": what, "content": {"application/json": {"schema": schema, "example": example}}}


def taken() -> dict[str, Any]:
    return answered("Committed.", {"$ref": "#/components/schemas/Accepted"}, COMMITTED)


def refusal(why: str) -> dict[str, Any]:
    return answered(why, {"$ref": "#/components/schemas/Refusal"}, {"code": "a_word_for_programs", "message": why})


def refused(*more: tuple[str, str], but: tuple[str, ...] = ()) -> dict[str, Any]:
    """By status, how a post may be turned down."""
    return {status: refusal(why) for status, why in {**REFUSALS, **dict(more)}.items() if status not in but}


def components() -> dict[str, Any]:
    return {"Accepted": _accepted(), "Refusal": _refusal()}


def _accepted() -> dict[str, Any]:
    properties = {
        **dict.fromkeys(("accepted", "duplicate", "conflict"), COUNT),
        "rejected": {"type": "array", "items": {"$ref": "#/components/schemas/TraceRejection"}},
        "warnings": {
            "type": "object",
            "additionalProperties": COUNT,
            "description": "Kept with something odd, by code.",
        },
    }
    said = "What was done with the items of a post; each is in one of the four."
    required = ["accepted", "duplicate", "conflict", "rejected"]
    return {"type": "object", "description": said, "required": required, "properties": properties}


def _refusal() -> dict[str, Any]:
    said = "Why a post was turned down as a whole; limits and the like stand beside it."
    return {
        "type": "object",
        "description": said,
        "required": ["code", "message"],
        "properties": {"code": TEXT, "message": TEXT},
    }
