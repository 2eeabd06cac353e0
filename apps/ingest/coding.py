"""Content codings: a body is inflated under a cap, and only a whole one counts.

zlib returns what it has of a body that was cut off without a word, and ignores what follows the end; both are checked
here, since a body that lost its tail would otherwise be a smaller, valid one (NDJSON).
"""

import zlib
from typing import Protocol

import zstandard

from apps.ingest.limits import MEBIBYTE
from apps.ingest.refusals import PostError, too_large

GZIP_STEP = MEBIBYTE
ZSTD_STEP = 256
"""Bytes fed at once: a zstd block of 4 bytes may stand for 128 KiB, and the decoder has no limit of its own."""
ZSTD_WINDOW = 8 * MEBIBYTE
"""The window every decoder must support by RFC 8878; larger ones are a way to take memory."""


class Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


def decode(body: bytes, content_encoding: str, *, max_bytes: int) -> bytes:
    """`body` without its coding. Raises PostError: 415 unknown coding, 400 broken, 413 larger than `max_bytes`."""
    coding = content_encoding.strip().lower() or "identity"
    if coding == "identity":
        return body
    if coding in ("gzip", "x-gzip"):
        return _gunzip(body, max_bytes)
    if coding == "zstd":
        return _unzstd(body, max_bytes)
    raise PostError(
        415,
        "unsupported_encoding",
        f"Content-Encoding {content_encoding[:40]!r} is not supported. Send gzip, zstd or none, applied once.",
        supported=["gzip", "zstd", "identity"],
    )


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    left, pending = max_bytes, body
    try:
        while not inflater.eof:
            # One byte more than allowed tells a body at the cap from one above it.
            piece = inflater.decompress(pending, min(GZIP_STEP, left + 1))
            pending = inflater.unconsumed_tail
            if not piece and not pending:
                break
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise too_large(max_bytes)
    except zlib.error as error:
        raise _broken("gzip", "it is corrupt") from error
    _check_whole("gzip", inflater)
    return b"".join(pieces)


def _unzstd(body: bytes, max_bytes: int) -> bytes:
    inflater = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
    pieces: list[bytes] = []
    left, position = max_bytes, 0
    try:
        while position < len(body) and not inflater.eof:
            piece = inflater.decompress(body[position : position + ZSTD_STEP])
            position += ZSTD_STEP
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise too_large(max_bytes)
    except zstandard.ZstdError as error:
        raise _broken("zstd", "it is corrupt, or needs a window above 8 MiB") from error
    _check_whole("zstd", inflater, unread=len(body) - position)
    return b"".join(pieces)


def _check_whole(coding: str, inflater: Inflater, *, unread: int = 0) -> None:
    if not inflater.eof:
        raise _broken(coding, "it ends before its trailer")
    if inflater.unused_data or unread > 0:
        raise _broken(coding, "something follows its end; send one member a body")


def _broken(coding: str, why: str) -> PostError:
    return PostError(
        400, "bad_encoding", f"The {coding} body cannot be read: {why}. Nothing was stored; send it again whole."
    )
