"""Rows of a CSV file in a stream, by the names in its head."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from apps.ingest.files import bounds
from apps.ingest.files.faults import FileFault
from apps.ingest.files.lines import Line, lines
from apps.ingest.refusals import ItemError

csv.field_size_limit(bounds.LONGEST_ROW)
_DELIMITERS = ",;\t|"
_BOM = "\ufeff"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Head(NamedTuple):
    names: tuple[str, ...]
    delimiter: str
    end: int


class Row(NamedTuple):
    """`values` are null where the row cannot be read, and `why` says so."""

    values: dict[str, Any] | None
    why: ItemError | None
    end: int


def head(stream: Iterable[bytes]) -> Head:
    """Raises FileFault for what is no table."""
    for line in lines(stream):
        if line.text is None:
            break
        text = _decoded(line.text).strip("\r")
        if not text.strip():
            continue
        delimiter = max(_DELIMITERS, key=text.count)
        names = tuple(name.strip() for name in next(csv.reader([text], delimiter=delimiter), []))
        if len(names) > bounds.MOST_COLUMNS or len(set(names)) != len(names) or not all(names):
            break
        return Head(names, delimiter, line.end)
    raise FileFault("no_table", "The first line does not name the columns, each once. Add a line with their names.")


def rows(stream: Iterable[bytes], head: Head, *, begin: int) -> Iterator[Row]:
    """`stream` begins at `begin`, which is behind the head or behind a row."""
    source = _Source(lines(stream, begin=begin))
    reader = csv.reader(source, delimiter=head.delimiter)
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(None, ItemError("row_too_long", "A field does not end: is a quote open?"), source.end)
            continue
        if source.unread:
            source.unread = False
            yield Row(None, ItemError("row_too_long", "The line is too long to be read."), source.end)
        elif fields:
            yield _row(fields, head, source.end)


class _Source:
    """Lines as text for the reader, which asks for as many as a row has."""

    def __init__(self, source: Iterator[Line]) -> None:
        self.source, self.end, self.unread = source, 0, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.source)
        self.end = line.end
        if line.text is None:
            self.unread = True
            return "\n"
        return line.text.decode("utf-8", "surrogateescape") + "\n"


def _row(fields: list[str], head: Head, end: int) -> Row:
    if len(fields) != len(head.names):
        said = f"The row has {len(fields):,} fields, and the head names {len(head.names):,}."
        return Row(None, ItemError("wrong_columns", said), end)
    if not all(field.isascii() or _is_text(field) for field in fields):
        return Row(None, ItemError("invalid_encoding", "The row is not UTF-8. Save the file as UTF-8."), end)
    return Row(dict(zip(head.names, fields, strict=True)), None, end)


def _is_text(field: str) -> bool:
    return not any(0xD800 <= ord(character) <= 0xDFFF for character in field)


def _decoded(line: bytes) -> str:
    if line.startswith(_UTF16) or b"\x00" in line:
        raise FileFault("wrong_encoding", "The file is not UTF-8 text. Save it as UTF-8.")
    try:
        return line.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError:
        raise FileFault("wrong_encoding", "The file is not UTF-8 text. Save it as UTF-8.") from None
