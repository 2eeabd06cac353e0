"""The native format: JSON (one request, or a list of them) and NDJSON (one a line), to requests and rejections. Pure.

The whole body is decoded and validated in one go; only when that fails is it taken apart, item by item, so that one bad
item never costs the others. Of duplicate keys in an object the last one counts.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from apps.ingest import faults, split
from apps.ingest.limits import Limits
from apps.ingest.refusals import ItemError, PostError, Rejection, too_many
from apps.traces.nouns import Request

JSON_TYPES = ("application/json",)
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")

_LIST = msgspec.json.Decoder(list[Request])
_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(Request)
_SPACE = b" \t\r\n"
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_EMPTY = re.compile(rb"|\[\s*\]|\{\s*\}|null")
_ITEM_MARK = b'"request_id"'


@dataclass
class Decoded:
    """`indexes[i]` is the place of `requests[i]` in the post."""

    requests: list[Request] = field(default_factory=list)
    indexes: list[int] | range = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def decode(body: bytes, content_type: str, limits: Limits) -> Decoded:
    """Raises PostError when the body as a whole cannot be read: 415 another type, 400 broken or empty, 413 too many."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in JSON_TYPES + NDJSON_TYPES:
        raise PostError(
            415,
            "unsupported_type",
            "Send Content-Type: application/json (a request or a list of them) or application/x-ndjson (one a line).",
            supported=[*JSON_TYPES, *NDJSON_TYPES],
        )
    stripped = body.strip(_SPACE)
    if _EMPTY.fullmatch(stripped):
        raise PostError(400, "empty", "The body holds no request. Send one, a list of them, or one a line.")
    if kind in NDJSON_TYPES:
        return _decode_lines(body, limits)
    if stripped.startswith(b"["):
        return _decode_array(stripped, limits)
    return _decode_object(stripped, limits)


def _decode_array(body: bytes, limits: Limits) -> Decoded:
    whole = _at_once(_LIST.decode, body, limits)
    return whole if whole is not None else _one_by_one(_items(body, limits), limits, outer=1)


def _items(body: bytes, limits: Limits) -> Sequence[msgspec.Raw | bytes]:
    """The quick way where every item is JSON, else by their brackets."""
    try:
        items = _RAW.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return split.array(body, limits)
    if len(items) > limits.items:
        raise too_many(limits.items)
    return items


def _decode_lines(body: bytes, limits: Limits) -> Decoded:
    whole = _at_once(_ONE.decode_lines, body, limits)
    if whole is not None:
        return whole
    return _one_by_one(split.lines(body, limits), limits)


def _decode_object(body: bytes, limits: Limits) -> Decoded:
    """One request; several lines sent under the name of JSON are read as what they are."""
    whole = _at_once(_decode_single, body, limits)
    if whole is not None:
        return whole
    if body[split.end_of_first(body, limits) :].strip(_SPACE):
        return _decode_lines(body, limits)
    return _one_by_one([body], limits)


def _decode_single(body: bytes) -> list[Request]:
    return [_ONE.decode(body)]


def _at_once(decode_all: Callable[[bytes], list[Request]], body: bytes, limits: Limits) -> Decoded | None:
    """The fast path; None when the items have to be looked at one by one, after a check of the text they are in."""
    # The mark counts the items cheaply, before an object is made of each of them.
    if b"\\u0000" not in body and body.count(_ITEM_MARK) <= limits.items:
        try:
            requests = decode_all(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
        else:
            if len(requests) > limits.items:
                raise too_many(limits.items)
            return Decoded(requests=requests, indexes=range(len(requests)))
    _check_encoding(body)
    return None


def _one_by_one(items: Sequence[msgspec.Raw | bytes], limits: Limits, *, outer: int = 0) -> Decoded:
    decoded = Decoded(indexes=[])
    indexes: list[int] = []
    for index, item in enumerate(items):
        try:
            decoded.requests.append(decode_item(item))
            indexes.append(index)
        except ItemError as refused:
            # What fits is never that deep, so only the others are looked at.
            split.check_depth(bytes(item), limits, outer=outer)
            decoded.rejected.append(Rejection(index, refused.code, refused.message))
    decoded.indexes = indexes
    return decoded


def decode_item(item: msgspec.Raw | bytes) -> Request:
    """One request. Raises ItemError."""
    try:
        request = _ONE.decode(item)
    except msgspec.ValidationError as error:
        raise faults.of_validation(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise faults.of_syntax(bytes(item), error) from None
    if (refused := faults.of_text(bytes(item))) is not None:
        raise refused
    return request


def _check_encoding(body: bytes) -> None:
    """JSON is UTF-8 without a mark. UTF-16 is told by its zero bytes, which no JSON holds."""
    if body.startswith(_BOMS) or b"\x00" in body[:64]:
        raise _not_utf8()
    try:
        if not body.isascii():
            body.decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8() from None


def _not_utf8() -> PostError:
    return PostError(400, "invalid_encoding", "The body is not UTF-8 without a byte order mark. Nothing was stored.")
