"""Lines of a stream, each with where the next begins; a line too long to hold is passed over."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from apps.ingest.files import bounds


class Line(NamedTuple):
    """`text` is null for a line that was too long; `end` is where the next begins."""

    text: bytes | None
    end: int


def lines(stream: Iterable[bytes], *, begin: int = 0) -> Iterator[Line]:
    """Without their ends. `begin` is where the stream is."""
    position, kept, skipping = begin, b"", False
    for piece in stream:
        *whole, rest = (kept + piece).split(b"\n")
        for text in whole:
            position += len(text) + 1
            yield Line(None if skipping or len(text) > bounds.LONGEST_ROW else text, position)
            skipping = False
        if skipping or len(rest) > bounds.LONGEST_ROW:
            position += len(rest)
            skipping, rest = True, b""
        kept = rest
    if kept or skipping:
        yield Line(None if skipping else kept, position + len(kept))
