"""The items of a JSON body as slices of it, whatever is inside them, so that one broken item stands alone.

Only brackets, commas and strings are looked at, and no further than the limits allow.
"""

import re
from collections.abc import Iterator

from apps.ingest.limits import Limits
from apps.ingest.refusals import PostError, too_many

# Atomic groups: a string that never ends is passed over once, instead of once for each of its quotes.
_TOKEN = re.compile(rb'(?>"(?>[^"\\]+|\\.)*+"?)|[\[\]{},]', re.DOTALL)
_STRING = re.compile(rb'(?>"(?>[^"\\]+|\\.)*+"?)', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_LINE = re.compile(rb"[^ \t\r\n][^\n]*")
_AS_ONE_KIND = bytes.maketrans(b"{}", b"[]")
MOST_TOKENS = 2_000_000
"""Of a body that has to be taken apart by its brackets: twice what ten thousand usual requests have."""
_SPACE = b" \t\r\n"


def array(body: bytes, limits: Limits) -> list[bytes]:
    """The items of a body that is one array. Raises PostError for one that is none, too deep or too long."""
    begin = len(body) - len(body.lstrip(_SPACE))
    items: list[bytes] = []
    start = begin + 1
    for position, depth in _brackets(body, begin, limits):
        byte = body[position : position + 1]
        if (byte == b"," and depth == 1) or depth == 0:
            items.append(body[start:position].strip(_SPACE))
            start = position + 1
            if len(items) > limits.items:
                raise too_many(limits.items)
        if depth == 0:
            if byte != b"]" or body[start:].strip(_SPACE):
                raise _broken("it does not end with its first array")
            return [] if items == [b""] else items
    raise _broken("the array does not end")


def lines(body: bytes, limits: Limits) -> list[bytes]:
    """The items of an NDJSON body; empty lines do not count."""
    items: list[bytes] = []
    for match in _LINE.finditer(body):
        items.append(match[0].rstrip(_SPACE))
        if len(items) > limits.items:
            raise too_many(limits.items)
    return items


def check_depth(document: bytes, limits: Limits, *, outer: int = 0) -> None:
    """Raises PostError for nesting beyond the limit, of which `outer` levels lie around the document."""
    if document.count(b"[") + document.count(b"{") + outer <= limits.depth:
        return
    brackets = _STRING.sub(b"", document).translate(_AS_ONE_KIND, _NO_BRACKETS)
    # Each round takes the innermost pairs away, at the speed of memory; what is left has no pairs, or is too deep.
    for _ in range(limits.depth - outer):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    if brackets.count(b"[") + outer > limits.depth or b"[]" in brackets:
        raise _too_deep(limits)


def end_of_first(document: bytes, limits: Limits) -> int:
    """Where the first object of a document ends; its whole length when it does not end."""
    for position, depth in _brackets(document, 0, limits):
        if depth == 0:
            return position + 1
    return len(document)


def _brackets(document: bytes, begin: int, limits: Limits) -> Iterator[tuple[int, int]]:
    """(position, depth after it) of each bracket and comma outside strings."""
    depth = 0
    for number, token in enumerate(_TOKEN.finditer(document, begin)):
        if number > MOST_TOKENS:
            raise _broken("it has faults, and is too large to be taken apart")
        byte = document[token.start()]
        if byte in b"[{":
            depth += 1
            if depth > limits.depth:
                raise _too_deep(limits)
        elif byte in b"]}":
            depth -= 1
        if byte != 0x22:
            yield token.start(), depth


def _too_deep(limits: Limits) -> PostError:
    return PostError(
        400, "too_deep", f"The body is nested more than {limits.depth} levels deep.", limits={"max_depth": limits.depth}
    )


def _broken(why: str) -> PostError:
    return PostError(400, "invalid_json", f"The body is not JSON: {why}. Nothing was stored.")
