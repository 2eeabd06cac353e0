"""The rows of a file from a place on, whatever its format: each an object or the reason why it is none."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from apps.ingest.files import columns, table
from apps.ingest.files.items import items
from apps.ingest.files.lines import lines
from apps.ingest.files.shape import Shape
from apps.ingest.files.unpack import pieces
from apps.ingest.refusals import ItemError

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """`end` is where the next row begins, in the unpacked file; of Parquet its number."""

    values: dict[str, Any] | None
    why: ItemError | None
    end: int


def rows_of(path: Path, shape: Shape, *, begin: int = 0, named: Collection[str] = ()) -> Iterator[Row]:
    """Raises FileFault where the file cannot be read on. `begin` is an `end` of before, or 0."""
    if shape.format == "parquet":
        found = columns.rows(path, begin=begin, named=named)
        yield from (Row(values, None, begin + n) for n, values in enumerate(found, start=1))
        return
    with path.open("rb") as file:
        yield from streamed(file, shape, begin=begin)


@dataclass
class Reading:
    """Of a file from a place on, and how much of it is done."""

    path: Path
    shape: Shape
    begin: int = 0
    named: Collection[str] = ()
    _done: Callable[[], float] = field(default=lambda: 0.0, init=False)

    def __iter__(self) -> Iterator[Row]:
        """Raises FileFault where the file cannot be read on."""
        if self.shape.format == "parquet":
            total, at = columns.count(self.path), self.begin
            self._done = lambda: at / total if total else 1.0
            for row in rows_of(self.path, self.shape, begin=self.begin, named=self.named):
                at = row.end
                yield row
            return
        size = max(1, self.path.stat().st_size)
        with self.path.open("rb") as file:
            self._done = lambda: 1.0 if file.closed else file.tell() / size
            yield from streamed(file, self.shape, begin=self.begin)

    @property
    def share(self) -> float:
        """Between 0 and 1; what was read ahead counts as done."""
        return min(1.0, self._done())


def streamed(file: BinaryIO, shape: Shape, *, begin: int = 0) -> Iterator[Row]:
    """Of a file that stands at its start."""
    if shape.format == "csv":
        head = table.head(pieces(file, shape.packing))
        begin = max(begin, head.end)
        file.seek(0)
        for row in table.rows(_from(file, shape, begin), head, begin=begin):
            yield Row(*row)
    elif shape.format == "ndjson":
        for line in lines(_from(file, shape, begin), begin=begin):
            text = line.text
            if text is None:
                yield Row(None, ItemError("row_too_long", "The line is too long to be read."), line.end)
            elif text := text.strip(_SPACE).removeprefix(_BOM):
                yield _decoded(text, line.end)
    else:
        for item in items(_from(file, shape, begin), begin=begin):
            yield _decoded(item.text, item.end)


def column_names(path: Path, shape: Shape) -> tuple[str, ...]:
    """Of a table its columns; of objects the names in the first that can be read. Raises FileFault."""
    if shape.format == "parquet":
        return tuple(columns.names(path))
    with path.open("rb") as file:
        if shape.format == "csv":
            return table.head(pieces(file, shape.packing)).names
        return tuple(next((row.values for row in streamed(file, shape) if row.values), {}))


def _from(file: BinaryIO, shape: Shape, begin: int) -> Iterable[bytes]:
    if not shape.packing:
        file.seek(begin)
        return pieces(file, "")
    return _without(pieces(file, shape.packing), begin)


def _without(stream: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Packed bytes cannot be sought in: what was read before is unpacked again, and no more than that."""
    for piece in stream:
        if count >= len(piece):
            count -= len(piece)
        else:
            yield piece[count:]
            count = 0


def _decoded(text: bytes, end: int) -> Row:
    try:
        values = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return Row(None, ItemError("invalid_json", "The row is not JSON."), end)
    except UnicodeDecodeError:
        return Row(None, ItemError("invalid_encoding", "The row is not UTF-8."), end)
    if not isinstance(values, dict):
        return Row(None, ItemError("invalid_type", "A row is an object."), end)
    return Row(values, None, end)
