"""The bytes of a post, however they come: with a length, in chunks, too many, too few, or too slowly.

Django reads no body without a Content-Length, so `wsgi.input` is read directly.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from apps.ingest import deadlines
from apps.ingest.refusals import PostError, too_large

STEP = 256 * 1024


def read(environ: dict[str, Any], *, max_bytes: int, seconds: float) -> bytes:
    """The whole body. Raises PostError: 413 above `max_bytes`, 408 after `seconds`, 400 when it ends early."""
    length = _length(environ)
    if length is not None and length > 2 * max_bytes:
        raise too_large(max_bytes)
    # Of a body in chunks one byte more than allowed is asked for, to tell one at the cap from one above it.
    wanted = max_bytes + 1 if length is None else min(length, max_bytes + 1)
    with deadlines.within(seconds, environ.get("gunicorn.socket")) as deadline:
        body, whole = _read(environ["wsgi.input"], wanted)
        if len(body) > max_bytes:
            del body
            _discard(environ["wsgi.input"], max_bytes)
            raise too_large(max_bytes)
    if not whole or (length is not None and len(body) < length):
        if deadline.passed:
            raise PostError(408, "body_too_slow", f"The body did not arrive within {seconds:g} seconds.")
        raise PostError(400, "incomplete_body", "The body ended before its announced end. Nothing was stored.")
    return body


def pieces(environ: dict[str, Any], *, max_bytes: int, seconds: float, slowest: int) -> Iterator[bytes]:
    """A body too large to be held, piece by piece; it has `seconds`, and a second more for each `slowest` bytes.

    Raises PostError: 411 without a length, 413 above `max_bytes`, and as `read` does when not all of it came.
    """
    left = _length(environ)
    if left is None:
        raise PostError(411, "length_required", "Send the file with its Content-Length, not in chunks.")
    if left > max_bytes:
        raise too_large(max_bytes)
    with deadlines.within(seconds + left / slowest, environ.get("gunicorn.socket")) as deadline:
        while left > 0 and (piece := _read(environ["wsgi.input"], min(STEP, left))[0]):
            left -= len(piece)
            yield piece
    if left and deadline.passed:
        raise PostError(408, "body_too_slow", "The file did not arrive in time.")
    if left:
        raise PostError(400, "incomplete_body", "The body ended before its announced end. Nothing was stored.")


def _discard(stream: Any, most: int) -> None:
    """Read on for a while, since a client that is still sending does not see an answer."""
    with suppress(Exception):
        while most > 0 and (piece := stream.read(STEP)):
            most -= len(piece)


def _length(environ: dict[str, Any]) -> int | None:
    """None for a body in chunks, which says its length itself."""
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return None
    try:
        return int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise PostError(400, "bad_length", "Content-Length is not a number.") from error


def _read(stream: Any, wanted: int) -> tuple[bytes, bool]:
    """(what came, whether the end was a proper one)."""
    pieces: list[bytes] = []
    while wanted > 0:
        try:
            piece = stream.read(min(STEP, wanted))
        except Exception:  # noqa: BLE001  # each server raises errors of its own for a broken chunk or a lost client
            return b"".join(pieces), False
        if not piece:
            break
        pieces.append(piece)
        wanted -= len(piece)
    return b"".join(pieces), True
