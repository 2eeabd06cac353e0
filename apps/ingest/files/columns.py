"""Rows of a Parquet file, a few thousand at once; columns that hold prompts and answers are not even unpacked."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from apps.ingest.files import bounds
from apps.ingest.files.faults import FileFault

CONTENT = frozenset(
    {
        "messages",
        "prompt",
        "completion",
        "input",
        "output",
        "input_text",
        "output_text",
        "request",
        "response",
        "request_body",
        "response_body",
        "proxy_server_request",
    }
)
"""Not what keeps content out, since nothing reads these; only what keeps it out of memory."""


def names(path: Path) -> list[str]:
    """Raises FileFault."""
    try:
        return pl.scan_parquet(path).collect_schema().names()
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
        raise _unreadable() from error


def count(path: Path) -> int:
    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
        raise _unreadable() from error


def rows(path: Path, *, begin: int, named: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """From row number `begin` on, counted from 0; `named` are columns that are read whatever they are called."""
    wanted, total = [name for name in names(path) if name in named or name not in CONTENT], count(path)
    for first in range(begin, total, bounds.PARQUET_ROWS):
        try:
            frame = pl.scan_parquet(path).select(wanted).slice(first, bounds.PARQUET_ROWS).collect()
        except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
            raise _unreadable() from error
        yield from frame.iter_rows(named=True)


def _unreadable() -> FileFault:
    return FileFault("bad_parquet", "The Parquet file cannot be read: it is broken or cut off. Write it again.")
