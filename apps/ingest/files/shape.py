"""What a file is: how it is packed, and which of four formats it has. By its bytes; its name is not asked."""

from dataclasses import dataclass
from typing import BinaryIO, Literal

import msgspec

from apps.ingest.files import bounds
from apps.ingest.files.faults import FileFault
from apps.ingest.files.unpack import packing_of, pieces

Format = Literal["ndjson", "json", "csv", "parquet"]
_PARQUET = b"PAR1"
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_OTHERS = (
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet", "Send what is in it, as CSV or JSON, plain or packed with gzip."),
    (b"BZh", "packed with bzip2", "Pack it with gzip or zstd."),
    (b"\xfd7zXZ", "packed with xz", "Pack it with gzip or zstd."),
    (b"ARROW1", "an Arrow file", "Write it as Parquet."),
    (b"%PDF", "a PDF", "Export CSV or JSON."),
)


@dataclass(frozen=True)
class Shape:
    packing: str
    format: Format


def shape_of(file: BinaryIO) -> Shape:
    """Reads the begin of the file, which then stands anywhere. Raises FileFault for what is none of them."""
    packing = packing_of(file.read(4))
    file.seek(0)
    return Shape(packing, format_of(head(file, packing)))


def head(file: BinaryIO, packing: str) -> bytes:
    found = b""
    for piece in pieces(file, packing):
        found += piece
        if len(found) >= bounds.HEAD:
            break
    return found


def format_of(head: bytes) -> Format:
    for magic, what, advice in _OTHERS:
        if head.startswith(magic):
            raise FileFault("unknown_format", f"The file is {what}. {advice}")
    if head.startswith(_PARQUET):
        return "parquet"
    text = head.removeprefix(_BOM).lstrip(_SPACE)
    if not text:
        raise FileFault("empty", "The file is empty.")
    if b"\x00" in text[:4_096]:
        raise FileFault(
            "unknown_format", "The file is no text in UTF-8, and no Parquet. Send NDJSON, JSON, CSV or Parquet."
        )
    if text.startswith(b"["):
        return "json"
    if not text.startswith(b"{"):
        return "csv"
    return "ndjson" if _is_line(text.split(b"\n", 1)[0]) else "json"


def _is_line(line: bytes) -> bool:
    """Whether a first line is one row, and not the whole of a document around an array of rows."""
    try:
        row = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A first line that is broken or longer than the head: what follows an opening bracket tells.
        return line.strip(_SPACE) != b"{" and not line.rstrip(_SPACE).endswith((b"{", b"[", b","))
    return isinstance(row, dict) and not any(_is_rows(value) for value in row.values())


def _is_rows(value: object) -> bool:
    """`data` of an API's page; a request's own list of attempts is one too, but then it has an id beside it."""
    return isinstance(value, list) and len(value) > 0 and all(isinstance(one, dict) and len(one) > 2 for one in value)
