"""What a file is that was handed over: format, packing, and whose export. A packed Parquet file is unpacked once."""

from pathlib import Path

from apps.ingest.files import dialects, storage
from apps.ingest.files.faults import FileFault
from apps.ingest.files.rows import column_names
from apps.ingest.files.shape import Shape, shape_of
from apps.ingest.files.unpack import pieces
from apps.ingest.models import Import


def recognise(one: Import) -> None:
    """Fills in format, packing and dialect, empty where its columns have to be named. Raises FileFault."""
    path = storage.path_of(one.stored)
    if not path.exists():
        raise FileFault("gone", "The file is no longer here. Hand it over again.")
    with path.open("rb") as file:
        shape = shape_of(file)
    if shape.format == "parquet" and shape.packing:
        shape = _unpacked(path, shape)
    one.packing, one.format = shape.packing, shape.format
    names = column_names(path, shape)
    if not one.dialect:
        one.dialect = dialects.dialect_of(names)
    if not one.dialect and not names:
        raise FileFault("no_rows", "The file holds no row that can be read.")


def _unpacked(path: Path, shape: Shape) -> Shape:
    """Parquet is read from its end, which no packing allows."""
    aside = path.with_suffix(".unpacked")
    try:
        with path.open("rb") as file, aside.open("wb") as out:
            aside.chmod(0o600)
            for piece in pieces(file, shape.packing):
                out.write(piece)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return Shape("", "parquet")
