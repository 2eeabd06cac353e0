"""Items of a JSON array in a stream, as slices of it, each with where the next begins; one broken item stands alone.

The array may be the whole document or the first one in an object around it, as in `{"data": [...]}`. Only brackets,
commas and strings are looked at.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from apps.ingest.files import bounds
from apps.ingest.files.faults import FileFault

_TOKEN = re.compile(rb'(?>"(?>[^"\\]+|\\.)*+("?))|[\[\]{},]', re.DOTALL)
_SPACE = b" \t\r\n"
_DEEPEST = 1_000


class Item(NamedTuple):
    text: bytes
    end: int
    """Where the comma or the bracket behind it is."""


class _Scan:
    """What is held of the stream, and where in it one is."""

    def __init__(self, *, begin: int, inside: bool) -> None:
        self.held = b""
        self.base = begin
        self.looked = 0
        self.depth = 1 if inside else 0
        self.array = 1 if inside else 0
        """Depth inside the array; 0 until it has begun."""
        self.start = 0
        self.over = False

    def feed(self, piece: bytes) -> Iterator[Item]:
        self.held += piece
        for token in _TOKEN.finditer(self.held, self.looked):
            mark = self.held[token.start()]
            if mark == 0x22:
                if not token[1]:  # The string goes on in the next piece.
                    self.looked = token.start()
                    break
            else:
                yield from self._step(mark, token.start())
                if self.over:
                    return
            self.looked = token.end()
        self._let_go()

    def _step(self, mark: int, at: int) -> Iterator[Item]:
        if mark in b"[{":
            self.depth += 1
            if self.depth > _DEEPEST:
                raise FileFault("too_deep", f"The file is nested more than {_DEEPEST} levels deep.")
            if not self.array and mark == 0x5B and self.depth <= 2:
                self.array, self.start = self.depth, at + 1
            return
        ends = mark != 0x2C
        if ends:
            self.depth -= 1
        if self.array and ((not ends and self.depth == self.array) or (ends and self.depth == self.array - 1)):
            text = self.held[self.start : at].strip(_SPACE)
            if text:
                yield Item(text, self.base + at)
            self.start, self.over = at + 1, ends

    def _let_go(self) -> None:
        gone = self.start if self.array else self.looked
        self.held, self.base = self.held[gone:], self.base + gone
        self.looked, self.start = max(0, self.looked - gone), 0
        if len(self.held) > bounds.LONGEST_ROW:
            raise FileFault(
                "row_too_long",
                f"One item is larger than {bounds.LONGEST_ROW // bounds.MEBIBYTE} MiB, and what follows cannot be found. "
                "Export without prompts and answers, or one item a line.",
            )


def items(stream: Iterable[bytes], *, begin: int = 0) -> Iterator[Item]:
    """`begin` is where an earlier item ended, or 0 for a document from its start. Raises FileFault."""
    scan = _Scan(begin=begin, inside=begin > 0)
    for piece in stream:
        yield from scan.feed(piece)
        if scan.over:
            return
    if scan.array and scan.depth:
        raise FileFault("cut_off", "The array does not end: the file was cut off. What came before is stored.")
    if not scan.array:
        raise FileFault("no_rows", "The file holds no array of requests.")
