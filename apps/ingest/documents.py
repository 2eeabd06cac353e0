"""Items of a post that are JSON objects: a list of them, one, or one a line. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from apps.ingest import split
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, PostError, too_many

_SPACE = b" \t\r\n"

Document = Mapping[str, Any] | ItemError
"""An item, or why it is none."""


def documents(body: bytes, limits: Limits) -> Iterator[Document]:
    """Raises PostError when the body as a whole cannot be read: 400 empty or broken, 413 too many."""
    body = body.strip(_SPACE)
    if not body:
        raise PostError(400, "empty", "The body holds nothing.")
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        apart = split.array(body, limits) if body.startswith(b"[") else split.lines(body, limits)
        items: list[Any] = [_decoded(item) for item in apart]
    else:
        items = whole if isinstance(whole, list) else [whole]
    if len(items) > limits.items:
        raise too_many(limits.items)
    for item in items:
        yield item if isinstance(item, dict | ItemError) else ItemError("invalid_type", "An item is an object.")


def _decoded(item: bytes) -> Any:
    """Of the bytes of an item of a body that as a whole is broken."""
    try:
        return msgspec.json.decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ItemError("invalid_json", "It is not JSON.")
