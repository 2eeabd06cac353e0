"""A file's bytes without their packing, in pieces, however it was packed; a file that was cut off is told from a whole one."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Protocol

import zstandard

from apps.ingest.files import bounds
from apps.ingest.files.faults import FileFault

GZIP, ZSTD = "gzip", "zstd"
_MAGIC = ((b"\x1f\x8b", GZIP), (b"\x28\xb5\x2f\xfd", ZSTD))


class _Member(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def packing_of(head: bytes) -> str:
    """By its first bytes; what a file is called is not asked."""
    return next((packing for magic, packing in _MAGIC if head.startswith(magic)), "")


def pieces(file: BinaryIO, packing: str) -> Iterator[bytes]:
    """From the file's place on. Raises FileFault: cut off, corrupt, or much too large for what it was packed to."""
    if packing == GZIP:
        yield from _bounded(file, _gunzip(file))
    elif packing == ZSTD:
        yield from _bounded(file, _unzstd(file))
    else:
        while piece := file.read(bounds.CHUNK):
            yield piece


def _bounded(file: BinaryIO, unpacked: Iterator[bytes]) -> Iterator[bytes]:
    """In pieces that are worth handing on, however small the steps are in which they were unpacked."""
    came, kept, size = 0, list[bytes](), 0
    for piece in unpacked:
        kept.append(piece)
        size += len(piece)
        if size < bounds.CHUNK:
            continue
        came += size
        if came > bounds.MOST_INFLATED or (came > bounds.RATIO_FROM and came > bounds.MOST_RATIO * file.tell()):
            raise FileFault(
                "too_compressed",
                f"It unpacks to more than {bounds.MOST_RATIO} times its size: no log of requests does. Send it unpacked.",
            )
        yield b"".join(kept)
        kept, size = [], 0
    if kept:
        yield b"".join(kept)


def _gunzip(file: BinaryIO) -> Iterator[bytes]:
    member, begun = zlib.decompressobj(wbits=31), False
    try:
        while pending := file.read(bounds.CHUNK):
            while pending:
                if member.eof:
                    member, begun = zlib.decompressobj(wbits=31), False
                begun = True
                piece = member.decompress(pending, bounds.CHUNK)
                pending = member.unused_data if member.eof else member.unconsumed_tail
                if piece:
                    yield piece
        while not member.eof and (piece := member.decompress(member.unconsumed_tail, bounds.CHUNK)):
            yield piece
    except zlib.error as error:
        raise _broken(GZIP, "it is corrupt") from error
    _check_whole(GZIP, member, begun=begun)


def _unzstd(file: BinaryIO) -> Iterator[bytes]:
    factory = zstandard.ZstdDecompressor(max_window_size=bounds.ZSTD_WINDOW)
    member, begun = factory.decompressobj(), False
    try:
        while chunk := file.read(bounds.CHUNK):
            position = 0
            while position < len(chunk):
                if member.eof:
                    member, begun = factory.decompressobj(), False
                begun = True
                piece = member.decompress(chunk[position : position + bounds.ZSTD_STEP])
                position += bounds.ZSTD_STEP
                if member.eof:
                    # What follows the end of a frame is the next one, wherever in the step it began.
                    position = min(position, len(chunk)) - len(member.unused_data)
                if piece:
                    yield piece
    except zstandard.ZstdError as error:
        raise _broken(ZSTD, "it is corrupt, or needs a window above 32 MiB") from error
    _check_whole(ZSTD, member, begun=begun)


def _check_whole(packing: str, member: _Member, *, begun: bool) -> None:
    if begun and not member.eof:
        raise _broken(packing, "it was cut off before its end")


def _broken(packing: str, why: str) -> FileFault:
    return FileFault("bad_packing", f"The {packing} file cannot be read on: {why}. Pack it again, or send it unpacked.")
